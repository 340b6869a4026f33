import { describe, expect, test } from 'vitest';
import type { Face } from '../../src/vision/face';
import { createTracks } from '../../src/vision/tracks';

const labels = ['happy', 'neutral', 'surprise'];
/** A face of 100 pixels with a high score for a label. */
const face = (x: number, y: number, label = 'neutral', size = 100): Face => ({
  box: { x, y, width: size, height: size },
  keypoints: [],
  score: 0.9,
  label,
  scores: Object.fromEntries(labels.map((name) => [name, name === label ? 0.8 : 0.1])),
});

describe('who is who', () => {
  const ids = (faces: readonly { id: number }[]) => faces.map(({ id }) => id);

  test('stays as faces move and change places in the list', () => {
    const tracks = createTracks({ smoothing: 0 });
    expect(ids(tracks.update([face(0, 0), face(300, 0)], 0).faces)).toEqual([1, 2]);
    expect(ids(tracks.update([face(320, 10), face(30, 0)], 33).faces)).toEqual([2, 1]);
    expect(ids(tracks.update([face(340, 10), face(60, 0), face(600, 0)], 66).faces)).toEqual([2, 1, 3]);
  });

  test('of two that come near, each goes on with the nearer', () => {
    const tracks = createTracks({ smoothing: 0 });
    tracks.update([face(0, 0), face(60, 0)], 0);
    expect(ids(tracks.update([face(50, 0), face(10, 0)], 33).faces)).toEqual([2, 1]);
  });

  test('is remembered for half a second, and no longer', () => {
    const tracks = createTracks({ smoothing: 0 });
    tracks.update([face(0, 0)], 0);
    tracks.update([], 300);
    expect(ids(tracks.update([face(5, 0)], 500).faces)).toEqual([1]);
    tracks.update([], 600);
    expect(ids(tracks.update([face(5, 0)], 1001).faces)).toEqual([2]);
    expect(ids(tracks.update([face(5, 0)], 9000).faces)).toEqual([2]); // it was in the previous frame, so it is kept
  });

  test('one that jumps, or is of another size, is somebody else', () => {
    const tracks = createTracks({ smoothing: 0 });
    tracks.update([face(0, 0)], 0);
    expect(ids(tracks.update([face(71, 0)], 33).faces)).toEqual([2]);
    expect(ids(tracks.update([face(21, -50, 'neutral', 201)], 66).faces)).toEqual([3]);
  });
});

describe('smoothing', () => {
  test('after a half-life an old score counts half', () => {
    const tracks = createTracks({ smoothing: 100 });
    tracks.update([face(0, 0, 'neutral')], 0);
    const [seen] = tracks.update([face(0, 0, 'happy')], 100).faces;
    expect(seen.scores.happy).toBeCloseTo(0.45, 12);
    expect(seen.scores.neutral).toBeCloseTo(0.45, 12);
    const [later] = tracks.update([face(0, 0, 'happy')], 300).faces;
    expect(later.scores.happy).toBeCloseTo(0.25 * 0.45 + 0.75 * 0.8, 12);
    expect(later.label).toBe('happy');
  });

  test('does not depend on the frame rate', () => {
    const [slow, quick] = [createTracks({ smoothing: 150 }), createTracks({ smoothing: 150 })];
    for (const tracks of [slow, quick]) tracks.update([face(0, 0, 'neutral')], 0);
    for (let time = 10; time <= 200; time += 10) quick.update([face(0, 0, 'happy')], time);
    const [a] = slow.update([face(0, 0, 'happy')], 200).faces;
    const [b] = quick.update([face(0, 0, 'happy')], 200).faces;
    expect(a.scores.happy).toBeCloseTo(b.scores.happy, 12);
  });

  test('0 is none, less is refused', () => {
    const tracks = createTracks({ smoothing: 0 });
    tracks.update([face(0, 0, 'neutral')], 0);
    expect(tracks.update([face(0, 0, 'happy')], 1).faces[0].scores.happy).toBe(0.8);
    expect(() => createTracks({ smoothing: -1 })).toThrow(/smoothing is -1/);
    expect(() => createTracks({ smoothing: Number.NaN })).toThrow(/smoothing is NaN/);
  });
});

describe('events', () => {
  /** Returns the events for a face that shows these labels, with a frame every `step` milliseconds. */
  const told = (step: number, shown: readonly string[], smoothing = 0) => {
    const tracks = createTracks({ smoothing });
    return shown.flatMap((label, i) => tracks.update([face(0, 0, label)], i * step).events);
  };
  const N = 'neutral';
  const S = 'surprise';
  const briefs = (step: number, shown: readonly string[]) =>
    told(step, shown).flatMap((event) => (event.type === 'brief' ? [event.duration] : []));

  test('a change is told once, with both labels', () => {
    expect(told(33, [N, N, 'happy', 'happy'])).toEqual([
      { type: 'change', id: 1, time: 66, from: 'neutral', to: 'happy' },
    ]);
  });

  test('smoothing keeps a single frame from being one', () => {
    expect(told(33, [N, N, S, N, N], 150)).toEqual([]);
  });

  test('100 ms at 30 frames a second are a brief expression', () => {
    expect(briefs(33, [N, N, S, S, S, N])).toEqual([99]);
  });

  test('where the frame rate does not allow telling, none is told', () => {
    expect(briefs(33, [N, S, S, N])).toEqual([]); // at least 33 ms, so perhaps less than 40
    expect(briefs(33, [N, ...Array(6).fill(S), N])).toEqual([]); // perhaps 231 ms
    expect(briefs(110, [N, S, S, N])).toEqual([]); // 110 to 330 ms
    expect(briefs(50, [N, S, S, N])).toEqual([100]); // 50 to 150 ms
  });

  test('an expression on the way to another is none', () => {
    expect(briefs(33, [N, S, S, S, 'happy'])).toEqual([]);
  });

  test('a clock that goes back tells nothing', () => {
    const tracks = createTracks({ smoothing: 0 });
    tracks.update([face(0, 0, N)], 400);
    tracks.update([face(0, 0, S)], 430);
    expect(tracks.update([face(0, 0, S)], 10).events).toEqual([]);
    expect(tracks.update([face(0, 0, N)], 60).events).toEqual([
      { type: 'change', id: 1, time: 60, from: S, to: N },
    ]);
  });
});
