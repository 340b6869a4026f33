/** The figures beside the faces: adapter, loading time, time of each stage, frames per second, events. */

import type { FaceEvent, Gpu, Recognition } from '../src/index';

const find = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

/** Number of frames over which the frame rate is averaged. */
const FRAMES = 12;

const say = (id: string, text: string) => {
  find(id).textContent = text;
};

/** Formats a duration, for example `0.4 ms`, `12 ms`, `1.3 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms`;
}

/** Shows the adapter, with a warning if it runs on the CPU. Hides all figures if there is no GPU. */
export function showAdapter(gpu: Gpu | undefined): void {
  find('readout').hidden = !gpu;
  say('adapter', gpu?.adapter ?? '');
  find('software').hidden = !gpu?.isSoftware;
}

/** Shows how long the models took to load and compile. Undefined means that they are not loaded. */
export function showLoading(milliseconds: number | undefined): void {
  say('models', milliseconds === undefined ? 'no' : `once, in ${duration(milliseconds)}`);
}

/** The stages that are timed on the GPU, in the order of the segments on the page. */
const STAGES = ['letterbox', 'detector', 'faces', 'crops', 'expression'] as const;

/** Shows the number of faces and the time of each part, as numbers and as segments of a bar. */
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
  for (const name of STAGES) say(`time-${name}`, stages ? duration(stages[name]) : 'not measured');
  say('time-total', duration(timings.total));
}

/** Shows the frame rate. The caller must call `frame` for each frame that is shown. */
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

/** Hides the frame rate. */
export const hideRate = (): void => {
  find('rate-row').hidden = true;
};

/** Milliseconds for which a brief expression is shown. */
const NEWS = 3000;

/** Returns a function that returns the status text: the latest brief expression for a time, otherwise `always`. */
export function createNews(always: string): (events: readonly FaceEvent[], time: number) => string {
  let last: { text: string; time: number } | undefined;
  return (events, time) => {
    for (const event of events)
      if (event.type === 'brief')
        last = { text: `Face ${event.id}: ${event.label} for ${duration(event.duration)}.`, time };
    return last && Math.abs(time - last.time) < NEWS ? last.text : always;
  };
}

/** What was found, in one sentence. */
export function summary({ faces, timings }: Recognition): string {
  const counts = new Map<string, number>();
  for (const { label } of faces) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = [...counts].map(([label, count]) => (faces.length > 1 ? `${count} ${label}` : label));
  const found = faces.length === 1 ? '1 face' : `${faces.length || 'No'} faces`;
  return `${found}${labels.length ? `: ${labels.join(', ')}` : ''}, in ${duration(timings.total)}.`;
}
