/**
 * Rewrites a kernel so that it records which elements its invocations read and write. Each access `x[i]` to a buffer or
 * to workgroup memory becomes `x[traced(1, u32(i))]`. The function `traced` returns the index and adds a record to one
 * more buffer. So the record shows what the kernel really does, and a new kernel needs nothing to be traced.
 */

import type { Kernel } from '../../shaders/plan/plan';

/** A variable of a kernel that is indexed: a buffer, an array in workgroup memory, or the picture. */
export interface Variable {
  /** Its name in WGSL. */
  readonly name: string;
  readonly space: 'storage' | 'workgroup' | 'picture';
  /** The number of its binding in group 0; absent in workgroup memory. The picture has its own group. */
  readonly binding?: number;
  /** The type of an element in WGSL, such as `vec4f`. */
  readonly type: string;
  /** How many numbers an element contains, such as 4 for a `vec4f`. */
  readonly numbers: number;
  /** Bytes of an element in memory. */
  readonly bytes: number;
  /** Elements of an array in workgroup memory. Buffers have their length only when they are bound. */
  readonly length?: number;
}

/** A kernel that records its accesses. */
export interface TracedKernel {
  readonly code: string;
  /** What is traced. Records name a variable by its place in this list. */
  readonly variables: readonly Variable[];
  /** The binding of the buffer of records, in group 0. */
  readonly binding: number;
}

/** What an access does. `update`: it reads and writes, as `x[i] += 1` does. */
export type AccessKind = 'read' | 'write' | 'update';

/** The kinds by their numbers in a record. */
export const KINDS: readonly AccessKind[] = ['read', 'write', 'update'];

/** Numbers of a record: the invocation, 4 variable + kind, the index. */
export const RECORD = 3;

/** Numbers before the records: how many there are, and 1 if a loop was ended. */
export const RECORDS_START = 2;

/** A loop is ended after so many rounds. The loops of the cases have far fewer. */
export const MOST_ROUNDS = 2 ** 14;
/** All loops of an invocation are ended after so many rounds together: endless loops may contain each other. */
const MOST_ROUNDS_TOGETHER = 2 ** 18;

/** What demands uniform control flow. */
const UNIFORM = /Barrier\b|\bworkgroupUniformLoad\b|\bsubgroup[A-Z]|\bquad[A-Z]/;

/** A text whose comments are spaces, so that positions stay the same. */
const withoutComments = (code: string): string =>
  code.replace(/\/\/[^\n]*|\/\*.*?\*\//gs, (text) => text.replace(/[^\n]/g, ' '));

/** Numbers and bytes of WGSL's types. */
const SIZES: Readonly<Record<string, readonly [numbers: number, bytes: number]>> = {
  ...{ f32: [1, 4], u32: [1, 4], i32: [1, 4], 'atomic<u32>': [1, 4], vec2f: [2, 8], vec4f: [4, 16] },
  ...{ vec4u: [4, 16], vec2u: [2, 8], vec4h: [4, 8], mat4x4f: [16, 64], mat4x4h: [16, 32] },
};

/** The size of a type, also of the module's own types. @throws Error if it is unknown */
function sizeOf(type: string, code: string): readonly [numbers: number, bytes: number] {
  const known = SIZES[type];
  if (known) return known;
  const alias = code.match(new RegExp(`alias ${type} = ([^;]+);`));
  if (alias) return sizeOf(alias[1].trim(), code);
  const array = type.match(/^array<\s*([^,]+),\s*(\d+)>$/);
  if (array) {
    const [numbers, bytes] = sizeOf(array[1].trim(), code);
    return [numbers * Number(array[2]), bytes * Number(array[2])];
  }
  const struct = code.match(new RegExp(`struct ${type} \\{([^}]*)\\}`));
  if (!struct) throw new Error(`the type ${type} has no known size`);
  const members = struct[1].split(',').filter((member) => member.includes(':'));
  const sizes = members.map((member) => sizeOf(member.split(':')[1].trim(), code));
  return [sizes.reduce((sum, [n]) => sum + n, 0), sizes.reduce((sum, [, b]) => sum + b, 0)];
}

/** The variables of a module that are indexed. */
function variablesOf(code: string): Variable[] {
  const constant = (text: string) =>
    /^\d+$/.test(text)
      ? Number(text)
      : Number(code.match(new RegExp(`const ${text}(?:: u32)? = (\\d+)u?;`))?.[1]);
  const buffers = [
    ...code.matchAll(/@group\(0\) @binding\((\w+)\)\s*var<storage(?:, \w+)?>\s*(\w+)\s*:\s*array<(.+)>;/g),
  ].map(([, binding, name, type]): Variable => {
    const [numbers, bytes] = sizeOf(type, code);
    return { name, space: 'storage', binding: constant(binding), type, numbers, bytes };
  });
  const shared = [...code.matchAll(/var<workgroup>\s*(\w+)\s*:\s*array<(.+),\s*(\d+)>;/g)].map(
    ([, name, type, length]): Variable => {
      const [numbers, bytes] = sizeOf(type, code);
      return { name, space: 'workgroup', type, numbers, bytes, length: Number(length) };
    },
  );
  const picture: Variable = { name: 'picture', space: 'picture', type: 'rgba', numbers: 4, bytes: 4 };
  return [...buffers, ...shared, ...(code.includes('var picture:') ? [picture] : [])];
}

/** The position after the bracket that closes the one at `open`. @throws Error if none does */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if ('[('.includes(code[at])) depth++;
    if ('])'.includes(code[at]) && --depth === 0) return at + 1;
  }
  throw new Error('a bracket is not closed');
}

/** What the text after an access does with it: `= ..`, `+= ..`, `.x = ..`, or nothing, which reads. */
function kindAfter(rest: string): AccessKind {
  const match = rest.match(/^(?:\.\w+|\[\w+\])?\s*(=(?!=)|(?:[+\-*/%&|^]|<<|>>)=|\+\+|--)/);
  if (!match) return 'read';
  return match[1] === '=' ? 'write' : 'update';
}

/** Rewrites all accesses of a text. */
function traceAccesses(code: string, variables: readonly Variable[]): string {
  const plain = withoutComments(code);
  const names = variables.filter(({ space }) => space !== 'picture').map(({ name }) => name);
  if (!names.length) return code;
  const access = new RegExp(`(?<![\\w.&])(${names.join('|')})\\[`, 'g');
  let traced = '';
  let end = 0;
  for (let match = access.exec(plain); match; match = access.exec(plain)) {
    const open = match.index + match[0].length - 1;
    const close = closing(plain, open);
    const index = traceAccesses(code.slice(open + 1, close - 1), variables);
    const kind = KINDS.indexOf(kindAfter(plain.slice(close)));
    const what = 4 * variables.findIndex(({ name }) => name === match[1]) + kind;
    const name = KINDS[kind] === 'read' ? 'traced' : 'tracedLater';
    traced += `${code.slice(end, open)}[${name}(${what}u, u32(${index}))]`;
    end = close;
    if (KINDS[kind] !== 'read') {
      // WGSL evaluates the left side of an assignment first, but the write comes after the reads of the right side.
      const stop = plain.indexOf(';', close) + 1;
      traced += `${traceAccesses(code.slice(close, stop), variables)} tracedNow();`;
      end = stop;
    }
    access.lastIndex = end;
  }
  return traced + code.slice(end);
}

/**
 * Ends loops that run for too long, so that an endless one does not block the GPU. The counter of a loop is a local
 * variable: it is uniform where the loop is, as WGSL demands around a barrier. The rounds of all loops together are not
 * uniform, so they are only limited in kernels without barriers.
 */
function guardLoops(code: string): string {
  const plain = withoutComments(code);
  const together = UNIFORM.test(plain) ? '' : ` || guardedRounds > ${MOST_ROUNDS_TOGETHER}u`;
  let guarded = 'var<private> guardedRounds = 0u; ';
  let end = 0;
  for (const match of plain.matchAll(/\b(?:for|while)\b\s*\(|\bloop\b\s*\{/g)) {
    const last = match.index + match[0].length - 1;
    const body = plain[last] === '{' ? last : plain.indexOf('{', closing(plain, last));
    if (body < 0) throw new Error('a loop has no body');
    const rounds = `guardedRounds${match.index}`;
    guarded += `${code.slice(end, match.index)}var ${rounds} = 0u; ${code.slice(match.index, body + 1)}`;
    guarded += ` ${rounds}++; guardedRounds++; if (${rounds} > ${MOST_ROUNDS}u${together}) { atomicStore(&tracedRecords[1], 1u); break; }`;
    end = body + 1;
  }
  return guarded + code.slice(end);
}

/** Names of built-in values that the kernel needs to know which invocation it is. */
const BUILTINS = {
  workgroup_id: ['tracedGroup', 'vec3u'],
  num_workgroups: ['tracedGroups', 'vec3u'],
  local_invocation_index: ['tracedLane', 'u32'],
} as const;

/** Never true. A buffer that no code uses has no place in the layout of the bindings. */
const USE = ' if (tracedInvocation == 0xffffffffu) { atomicStore(&tracedRecords[1], 1u); }';

/** Lets `main` remember which invocation it is. Built-in values that it already has are used under their names. */
function rememberInvocation(code: string, size: number): string {
  const plain = withoutComments(code);
  const start = plain.indexOf('(', plain.indexOf('fn main'));
  const end = closing(plain, start);
  const parameters = code.slice(start + 1, end - 1);
  const names: Record<string, string> = {};
  let more = '';
  for (const [builtin, [name, type]] of Object.entries(BUILTINS)) {
    const own = parameters.match(new RegExp(`@builtin\\(${builtin}\\)\\s*(\\w+)`));
    names[builtin] = own?.[1] ?? name;
    if (!own) more += `, @builtin(${builtin}) ${name}: ${type}`;
  }
  const body = plain.indexOf('{', end) + 1;
  const { workgroup_id: group, num_workgroups: groups, local_invocation_index: lane } = names;
  const invocation = `((${group}.z * ${groups}.y + ${group}.y) * ${groups}.x + ${group}.x) * ${size}u + ${lane}`;
  const given = parameters.trim().replace(/,$/, '');
  const all = given ? `${given}${more}` : more.slice(2);
  return `${code.slice(0, start)}(${all}${code.slice(end - 1, body)} tracedInvocation = ${invocation};${USE}${code.slice(body)}`;
}

/** Invocations of a workgroup, from `@workgroup_size`. */
export function workgroupSizeOf(code: string): number {
  const [, size] = withoutComments(code).match(/@workgroup_size\(([^)]*)\)/) ?? [];
  if (size === undefined) throw new Error('the kernel has no @workgroup_size');
  return size
    .split(',')
    .map((text) => {
      const name = text.trim();
      return Number(
        /^\d+/.test(name)
          ? Number.parseInt(name, 10)
          : code.match(new RegExp(`const ${name}(?:: u32)? = (\\d+)`))?.[1],
      );
    })
    .reduce((product, length) => product * length, 1);
}

/**
 * Checks that no function indexes a local variable with the name of a traced one.
 * @throws Error if one does: its accesses would be recorded, too
 */
function checkNames(kernel: string, plain: string, variables: readonly Variable[]): void {
  for (const text of plain.split(/^(?=fn |@compute)/m)) {
    for (const { name } of variables) {
      const isLocal = new RegExp(`\\b(?:let|var) ${name}\\b|[(,]\\s*${name}\\s*:`).test(
        text.replace(/^.*var<.*$/gm, ''),
      );
      if (isLocal && new RegExp(`(?<![\\w.])${name}\\[`).test(text))
        throw new Error(`kernel ${kernel}: a function indexes ${name}, which is local there`);
    }
  }
}

/** What is added to a kernel. */
export interface Additions {
  /** Whether it records its accesses. Default: true. */
  readonly accesses?: boolean;
  /** Whether loops that run for too long are ended. Default: false. */
  readonly guard?: boolean;
}

/**
 * Rewrites a kernel to record its accesses.
 * @param binding the number of the binding of the records, after those of the kernel
 * @throws Error if a function indexes a local variable with the name of a traced one, or if the type of a variable is
 *   unknown
 */
export function traceKernel(
  { name, files }: Kernel,
  binding: number,
  { accesses = true, guard = false }: Additions = {},
): TracedKernel {
  const code = files.map((file) => file.code).join('\n');
  const plain = withoutComments(code);
  const variables = accesses ? variablesOf(plain) : [];
  checkNames(name, plain, variables);
  const picture = variables.findIndex(({ space }) => space === 'picture');
  // Directives come first in a module.
  const [directives] = plain.match(/^(?:\s*(?:enable|requires|diagnostic)[^;]*;)*/) ?? [''];
  const rest = code.slice(directives.length);
  const guarded = guard ? guardLoops(rest) : rest;
  const recording = accesses
    ? traceAccesses(guarded, variables).replaceAll(
        'textureLoad(picture, p',
        'textureLoad(picture, tracedPixel(p)',
      )
    : guarded;
  const traced = rememberInvocation(recording, workgroupSizeOf(code));
  const record = `
@group(0) @binding(${binding}) var<storage, read_write> tracedRecords: array<atomic<u32>>;
fn traced(what: u32, index: u32) -> u32 {
  let at = atomicAdd(&tracedRecords[0], 1u) * ${RECORD}u + ${RECORDS_START}u;
  if (at + ${RECORD - 1}u < arrayLength(&tracedRecords)) {
    atomicStore(&tracedRecords[at], tracedInvocation);
    atomicStore(&tracedRecords[at + 1u], what);
    atomicStore(&tracedRecords[at + 2u], index);
  }
  return index;
}
var<private> tracedWrite: vec2u;
fn tracedLater(what: u32, index: u32) -> u32 { tracedWrite = vec2u(what, index); return index; }
fn tracedNow() { _ = traced(tracedWrite.x, tracedWrite.y); }
`;
  const pixel = `fn tracedPixel(p: vec2i) -> vec2i {
  _ = traced(${4 * picture}u, u32(p.y * pictureSize().x + p.x));
  return p;
}
`;
  // One line, so that errors keep their line numbers.
  const added = (record + (picture < 0 ? '' : pixel)).replaceAll('\n', ' ');
  return { code: `${directives} var<private> tracedInvocation: u32; ${added}${traced}`, variables, binding };
}
