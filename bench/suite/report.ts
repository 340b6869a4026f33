/** The report of a run: its schema, which bench/README.md documents. */

import type { Gpu } from '../../src/gpu/gpu';
import { isPrecise, quantile, type Summary, summarise } from './method';

/** Name and version of the schema. Another version is another number, and `readReport` refuses it. */
export const SCHEMA = 'mien-bench/1';

/** How much is measured. */
export type Profile = 'quick' | 'default' | 'full';

/** The groups of rows, in their order. */
export const GROUPS = ['ceilings', 'kernels', 'workloads'] as const;
export type Group = (typeof GROUPS)[number];

/** What a row's value counts. For the last two, less is better. */
export type Unit = 'GFLOP/s' | 'GOP/s' | 'GB/s' | 'faces/s' | 'items/s' | 'µs' | 'ms';

/** Whether a smaller value is better. */
export const isLessBetter = (unit: Unit): boolean => unit === 'µs' || unit === 'ms';

/** A measured row. */
export interface Row extends Summary {
  /** Unique in a report, and equal in reports that can be compared: `kernels/conv2d/phone/tiled 4x8`. */
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly unit: Unit;
  /** All samples, in `unit`. Shared links do not contain them. */
  readonly samples: readonly number[];
  /** How many samples there were. */
  readonly count: number;
  /** Whether the 95 % interval is wider than ± 3 %. */
  readonly noisy: boolean;
  /** By how much the reference kernel was slower just after this row than the fastest it had been: 0.05 is 5 %. */
  readonly drift: number;
  /** Whether the page was hidden while the row was measured; browsers slow hidden pages down. */
  readonly hidden?: boolean;
  /** Further values in `unit`, such as p90 and p99 of a latency. */
  readonly more?: Readonly<Record<string, number>>;
  /** Only kernels: arithmetic operations and minimum bytes of a run, by the operator's definition. */
  readonly flop?: number;
  readonly bytes?: number;
}

/** Rows with more drift than this are marked. */
export const MOST_DRIFT = 0.05;

/** A row that has no value, and why. */
export interface Missing {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** Whether it ran and failed, for example with a wrong result. Otherwise this GPU or browser can't run it. */
  readonly failed?: boolean;
}

/** Another engine, or Mien, on a model. All engines run it in turn on the same input. */
export interface EngineRow {
  readonly model: string;
  readonly batch: number;
  readonly engine: string;
  /** Milliseconds until the model is ready, and of the first run. */
  readonly create: number;
  readonly first: number;
  /** Milliseconds of later runs, from numbers on the CPU to numbers on the CPU. */
  readonly ms: Summary;
  readonly samples: readonly number[];
  /** The time divided by Mien's time in the same round. */
  readonly ratio: Summary;
  /** The largest difference from Mien's output, divided by the largest number of it. */
  readonly difference: number;
  /** Milliseconds of Mien's kernels alone, by the timer of kernels. */
  readonly kernels?: number;
}

/** A comparison with other engines. */
export interface Engines {
  readonly rows: readonly EngineRow[];
  /** Engines that can't run a model or give another result, and why. */
  readonly missing: readonly { readonly engine: string; readonly model: string; readonly why: string }[];
}

/** The result of a run. */
export interface Report {
  readonly schema: typeof SCHEMA;
  readonly profile: Profile;
  /** ISO 8601. */
  readonly date: string;
  readonly mien: { readonly version: string; readonly commit: string };
  readonly adapter: {
    readonly name: string;
    /** The fields of GPUAdapterInfo; empty where the browser hides them. */
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter: boolean;
    readonly isSoftware: boolean;
  };
  readonly browser: string;
  readonly os: string;
  /** What kernels are timed with: timestamps of the GPU, or the clock of the page. */
  readonly clock: 'gpu' | 'page';
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
  /** WGSL language features. */
  readonly languageFeatures: readonly string[];
  readonly rows: readonly Row[];
  readonly missing: readonly Missing[];
  /** What may have disturbed the run, such as a battery saver. */
  readonly notes: readonly string[];
  /** The comparison with other engines, if it was made. */
  readonly engines?: Engines;
}

/**
 * Makes a row of samples.
 * @param percentiles those that become `more`
 * @param more fields to add
 */
export function rowOf(
  about: Pick<Row, 'id' | 'group' | 'title' | 'unit'>,
  samples: readonly number[],
  { percentiles, more }: { readonly percentiles?: readonly number[]; readonly more?: Partial<Row> } = {},
): Row {
  const summary = summarise(samples);
  const noisy = samples.length < 3 || !isPrecise(summary);
  const sorted = samples.toSorted((a, b) => a - b);
  const each = percentiles?.map((p) => [`p${p}`, quantile(sorted, p / 100)]);
  return {
    ...{ ...about, ...summary, samples, count: samples.length, noisy, drift: 0, ...more },
    ...(each && { more: Object.fromEntries(each) }),
  };
}

/**
 * Joins the samples of a row that was measured several times. The adapter may be slower at one time than at another, so
 * the interval contains all medians, and the row is noisy if they differ by more than its precision.
 */
export function joinRows(rows: readonly Row[]): Row {
  const all = rowOf(
    rows[0],
    rows.flatMap(({ samples }) => samples),
  );
  const medians = rows.map(({ value }) => value);
  const [low, high] = [Math.min(all.low, ...medians), Math.max(all.high, ...medians)];
  return {
    ...{ ...all, low, high, noisy: all.count < 3 || !isPrecise({ ...all, low, high }) },
    drift: Math.max(...rows.map(({ drift }) => drift)),
    ...(rows.some(({ hidden }) => hidden) && { hidden: true }),
  };
}

/** Marks of a row, in words. */
export const marksOf = ({ noisy, drift, hidden }: Row): string[] => [
  ...(noisy ? ['noisy'] : []),
  ...(drift > MOST_DRIFT ? ['slowed down'] : []),
  ...(hidden ? ['page hidden'] : []),
];

/** The rows that failed, and those that can't be measured here. */
export const missingOf = ({
  missing,
}: Pick<Report, 'missing'>): { failed: Missing[]; unable: Missing[] } => ({
  failed: missing.filter(({ failed }) => failed),
  unable: missing.filter(({ failed }) => !failed),
});

/** A value with three digits. */
export function text(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** What a report says about a GPU and the program that opened it. */
export function about(gpu: Gpu): Omit<Report, 'profile' | 'rows' | 'missing' | 'notes' | 'mien'> {
  const info: Partial<GPUAdapterInfo> = gpu.device.adapterInfo ?? {};
  const { navigator } = globalThis;
  const limits: Record<string, number> = {};
  for (const name in gpu.limits) {
    const value = gpu.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  const { versions, platform } = globalThis.process ?? {};
  const agent = versions?.node ? `Node.js/${versions.node} ${platform}` : (navigator?.userAgent ?? '');
  return {
    schema: SCHEMA,
    date: new Date().toISOString(),
    adapter: {
      name: gpu.adapter,
      vendor: String(info.vendor ?? ''),
      architecture: String(info.architecture ?? ''),
      device: String(info.device ?? ''),
      description: String(info.description ?? ''),
      isFallbackAdapter: info.isFallbackAdapter === true,
      isSoftware: gpu.isSoftware,
    },
    browser: browserOf(agent),
    os: osOf(agent),
    clock: gpu.features.has('timestamp-query') ? 'gpu' : 'page',
    limits,
    features: [...gpu.features].sort(),
    languageFeatures: [...((navigator?.gpu ?? gpu.instance)?.wgslLanguageFeatures ?? [])].sort(),
  };
}

/** Name and version of the browser, from its user agent. */
export function browserOf(agent: string): string {
  const found =
    /(Firefox|Edg|OPR|Node\.js)\/([\d.]+)/.exec(agent) ??
    /(?:Headless)?(Chrome)\/([\d.]+)/.exec(agent) ??
    /Version\/([\d.]+).*(Safari)/.exec(agent);
  if (!found) return agent || 'no browser';
  const [, a, b] = found;
  return b === 'Safari' ? `Safari ${a}` : `${{ Edg: 'Edge', OPR: 'Opera' }[a] ?? a} ${b}`;
}

/** The operating system, from the user agent. Browsers do not reveal its exact version. */
export function osOf(agent: string): string {
  const all: readonly (readonly [RegExp, string])[] = [
    [/Android ([\d.]+)/, 'Android'],
    [/(?:iPhone|iPad).*OS ([\d_]+)/, 'iOS'],
    [/Windows NT ([\d.]+)/, 'Windows NT'],
    [/Mac OS X ([\d_.]+)/, 'macOS'],
    [/(?:CrOS)\s\S+ ([\d.]+)/, 'ChromeOS'],
    [/Linux|linux/, 'Linux'],
    [/darwin/, 'macOS'],
    [/win32/, 'Windows'],
  ];
  for (const [pattern, name] of all) {
    const found = pattern.exec(agent);
    if (found) return `${name} ${(found[1] ?? '').replaceAll('_', '.')}`.trim();
  }
  return 'unknown';
}

/**
 * Reads a report from JSON.
 * @throws Error that names what is wrong: no JSON, another schema, or a row without a value
 */
export function readReport(json: string, name: string): Report {
  let found: Partial<Report>;
  try {
    found = JSON.parse(json);
  } catch (error) {
    throw new Error(`${name}: not JSON: ${(error as Error).message}`);
  }
  if (typeof found !== 'object' || found === null || !String(found.schema).startsWith('mien-bench/'))
    throw new Error(`${name}: not a report of this benchmark: "schema" is ${JSON.stringify(found?.schema)}`);
  if (found.schema !== SCHEMA)
    throw new Error(`${name}: its schema is ${found.schema}; this version reads ${SCHEMA}`);
  if (!Array.isArray(found.rows) || !found.adapter) throw new Error(`${name}: it has no rows or no adapter`);
  for (const [at, row] of found.rows.entries())
    for (const key of ['value', 'q1', 'q3', 'low', 'high'] as const)
      if (typeof row?.[key] !== 'number' || typeof row?.id !== 'string')
        throw new Error(`${name}: row ${at} (${JSON.stringify(row?.id)}) has no number "${key}"`);
  const { engines } = found;
  if (engines !== undefined && !(Array.isArray(engines?.rows) && Array.isArray(engines.missing)))
    throw new Error(`${name}: "engines" needs the lists "rows" and "missing"`);
  for (const [at, row] of (engines?.rows ?? []).entries())
    if (typeof row?.ms?.value !== 'number' || typeof row.ratio?.value !== 'number')
      throw new Error(`${name}: row ${at} of "engines" has no number "ms.value" or "ratio.value"`);
  return { missing: [], notes: [], features: [], languageFeatures: [], limits: {}, ...found } as Report;
}
