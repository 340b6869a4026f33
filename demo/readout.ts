/** The figures beside the faces: adapter, loading time, the time of each part, frames a second, news. */

import type { FaceEvent, Gpu, Recognition } from '../src/index';

const find = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

const FRAMES = 12;

const say = (id: string, text: string) => {
  find(id).textContent = text;
};

/** `0.4 ms`, `12 ms`, `1.3 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms`;
}

/** Says what runs, and warns where it is the CPU; without a GPU there are no figures. */
export function showAdapter(gpu: Gpu | undefined): void {
  find('readout').hidden = !gpu;
  say('adapter', gpu?.adapter ?? '');
  find('software').hidden = !gpu?.isSoftware;
}

/** Says how long the models took to load and compile; undefined: they are not loaded. */
export function showLoading(milliseconds: number | undefined): void {
  say('models', milliseconds === undefined ? 'no' : `once, in ${duration(milliseconds)}`);
}

/** What is timed on the GPU, in the order of the page's segments. */
const STAGES = ['letterbox', 'detector', 'faces', 'crops', 'expression'] as const;

/** Says how many faces there are and how long each part took, in numbers and as shares of one bar. */
export function showRecognition({ faces, timings }: Recognition): void {
  say('count', String(faces.length));
  const cpu = timings.decode + timings.record;
  const { stages } = timings;
  const parts = [cpu, ...STAGES.map((name) => stages?.[name] ?? 0)];
  find('times')
    .querySelectorAll<HTMLElement>('i')
    .forEach((segment, i) => {
      segment.style.flexGrow = String(parts[i] / (timings.total || 1));
    });
  say('time-cpu', duration(cpu));
  for (const name of STAGES) say(`time-${name}`, stages ? duration(stages[name]) : 'not told');
  say('time-total', duration(timings.total));
}

/** Counts frames; each call of `frame` says that one was shown. */
export function createRate(): { frame(): void } {
  const times: number[] = [];
  find('rate-row').hidden = false;
  say('rate', '…');
  return {
    frame() {
      times.push(performance.now());
      if (times.length > FRAMES) times.shift();
      if (times.length < 2) return;
      const rate = ((times.length - 1) * 1000) / (times[times.length - 1] - times[0]);
      say('rate', rate.toFixed(rate < 10 ? 1 : 0));
    },
  };
}

/** Takes the figure away. */
export const hideRate = (): void => {
  find('rate-row').hidden = true;
};

/** Milliseconds for which a brief expression is told. */
const NEWS = 3000;

/** What the status says: what is told always, or a brief expression that was just seen. */
export function createNews(always: string): (events: readonly FaceEvent[], time: number) => string {
  let last: { text: string; time: number } | undefined;
  return (events, time) => {
    for (const event of events)
      if (event.type === 'brief')
        last = { text: `Face ${event.id}: ${event.label} for ${duration(event.duration)}.`, time };
    return last && Math.abs(time - last.time) < NEWS ? last.text : always;
  };
}
