import { expect, test } from 'vitest';
import { random } from '../../shaders/cases/case';
import { type Lifetime, planMemory } from '../../src/graph/memory-plan';

test('a chain of layers takes two slots', () => {
  const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 16, first: i, last: i + 1 }));
  expect(planMemory(chain).sizes).toEqual([16, 16]);
});

test('a shortcut keeps its slot', () => {
  const plan = planMemory([
    { bytes: 64, first: 0, last: 3 },
    { bytes: 64, first: 1, last: 2 },
    { bytes: 64, first: 2, last: 3 },
  ]);
  expect(new Set(plan.slots).size).toBe(3);
});

test('nobody shares a slot with who lives at the same time, and every slot is large enough', () => {
  const numbers = random(5, 600, 0, 1);
  const lifetimes: Lifetime[] = Array.from({ length: 200 }, (_, i) => {
    const first = Math.floor(numbers[i] * 50);
    return {
      bytes: 16 + Math.floor(numbers[200 + i] * 1000),
      first,
      last: first + Math.floor(numbers[400 + i] * 9),
    };
  });
  const { slots, sizes } = planMemory(lifetimes);
  for (const [i, a] of lifetimes.entries()) {
    expect(sizes[slots[i]]).toBeGreaterThanOrEqual(a.bytes);
    for (const [j, b] of lifetimes.entries())
      if (i < j && slots[i] === slots[j]) expect(a.last < b.first || b.last < a.first).toBe(true);
  }
});
