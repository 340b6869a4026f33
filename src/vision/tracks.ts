/** Tracks faces from frame to frame, smooths their scores over time, and reports events. Runs on the CPU. */

import type { Face } from './face';

/** A face that is tracked from frame to frame. Its `label` and `scores` are smoothed over time. */
export interface TrackedFace extends Face {
  /** Number of the face. It stays the same from frame to frame, and no other face of this watch() gets it. */
  readonly id: number;
  /** The most probable class in this frame alone, without smoothing. */
  readonly frameLabel: string;
}

/** A change in the expression of a tracked face. */
export type FaceEvent = ChangeEvent | BriefEvent;

/** The smoothed label of a face changed. */
export interface ChangeEvent {
  /** Kind of the event. */
  readonly type: 'change';
  /** The `id` of the face. */
  readonly id: number;
  /** Time of the event in milliseconds, on the source's clock. */
  readonly time: number;
  /** The label before the change. */
  readonly from: string;
  /** The label after the change. */
  readonly to: string;
}

/**
 * A micro-expression: an expression appeared for 40 to 200 ms, and then the previous expression returned. The event is
 * reported only if the frames prove the duration: at least 40 ms from the first to the last frame that shows the
 * expression, and at most 200 ms from the last frame before it to the first frame after it.
 */
export interface BriefEvent {
  /** Kind of the event. */
  readonly type: 'brief';
  /** The `id` of the face. */
  readonly id: number;
  /** Time of the event in milliseconds, on the source's clock. */
  readonly time: number;
  /** The expression that appeared briefly. */
  readonly label: string;
  /** Duration in milliseconds: the mean of the shortest and the longest duration that fit the frames. */
  readonly duration: number;
}

/** Options of `createTracks`. */
export interface TracksOptions {
  /** Half-life in milliseconds: after this time an old score has half its weight. 0 switches smoothing off. */
  readonly smoothing: number;
}

/** The faces that are tracked. */
export interface Tracks {
  /** Matches the faces of the next frame to the tracked faces. `time` is in milliseconds. */
  update(
    faces: readonly Face[],
    time: number,
  ): { readonly faces: readonly TrackedFace[]; readonly events: readonly FaceEvent[] };
}

/**
 * Milliseconds. A face that was not seen for longer gets a new id when it returns. A face of the previous frame is
 * always remembered, even if that frame is older.
 */
const FORGET_AFTER = 500;
/** Shortest and longest duration of a brief expression, in milliseconds. */
const BRIEF = { least: 40, most: 200 } as const;
/** Between two frames a face moves by less than `move` times its width, and its width changes by less than `growth`. */
const REACH = { move: 0.7, growth: 2 } as const;

interface Track {
  readonly id: number;
  face: Face;
  time: number;
  label: string;
  /** The latest consecutive frames with the same label. */
  run: Run;
}

/** Consecutive frames with the same label; times in milliseconds. */
interface Run {
  readonly label: string;
  readonly first: number;
  last: number;
  /** The label and the time of the last frame of the previous run. */
  readonly before?: { readonly label: string; readonly last: number };
}

/**
 * Starts with no faces.
 * @throws Error if `smoothing` is negative or not a number
 */
export function createTracks({ smoothing }: TracksOptions): Tracks {
  if (!(smoothing >= 0))
    throw new Error(`smoothing is ${smoothing}; it must be a half-life of at least 0 ms`);
  let tracks: Track[] = [];
  let ids = 0;
  let before = Number.NEGATIVE_INFINITY;

  const start = (face: Face, time: number): TrackedFace => {
    const run = { label: face.label, first: time, last: time };
    const track: Track = { id: ++ids, face, time, label: face.label, run };
    tracks.push(track);
    return { ...face, id: track.id, frameLabel: face.label };
  };

  return {
    update(faces, time) {
      tracks = tracks.filter((track) => track.time === before || Math.abs(time - track.time) <= FORGET_AFTER);
      before = time;
      const matched = match(tracks, faces);
      const events: FaceEvent[] = [];
      const tracked = faces.map((face, at) => {
        const track = matched.get(at);
        return track ? follow(track, face, time, smoothing, events) : start(face, time);
      });
      return { faces: tracked, events };
    },
  };
}

/** Assigns the nearest track to each face, by the face's index in `faces`. Each track is assigned at most once. */
function match(tracks: readonly Track[], faces: readonly Face[]): ReadonlyMap<number, Track> {
  const pairs = tracks
    .flatMap((track) => faces.map((face, at) => ({ track, at, apart: apart(track.face, face) })))
    .filter(({ apart }) => apart < REACH.move)
    .sort((a, b) => a.apart - b.apart);
  const matched = new Map<number, Track>();
  const taken = new Set<Track>();
  for (const { track, at } of pairs) {
    if (matched.has(at) || taken.has(track)) continue;
    matched.set(at, track);
    taken.add(track);
  }
  return matched;
}

/** Updates a track with its face in the next frame, smooths the scores, and adds new events to `events`. */
function follow(track: Track, seen: Face, time: number, smoothing: number, events: FaceEvent[]): TrackedFace {
  const { id } = track;
  const elapsed = Math.max(time - track.time, 0);
  const old = smoothing ? 2 ** (-elapsed / smoothing) : 0;
  const scores: Record<string, number> = {};
  for (const [name, p] of Object.entries(seen.scores))
    scores[name] = old * track.face.scores[name] + (1 - old) * p;
  const label = likeliest(scores);
  if (label !== track.label) events.push({ type: 'change', id, time, from: track.label, to: label });
  const { run } = track;
  if (seen.label === run.label && time >= run.last) run.last = time;
  else {
    if (isBrief(run, time) && run.before?.label === seen.label)
      events.push({
        ...{ type: 'brief', id, time, label: run.label },
        duration: (run.last - run.first + time - run.before.last) / 2,
      });
    // If the clock goes back, for example because a video starts again, the previous run is forgotten.
    const before = time >= run.last ? { label: run.label, last: run.last } : undefined;
    track.run = { label: seen.label, first: time, last: time, before };
  }
  track.face = { ...seen, label, scores };
  track.label = label;
  track.time = time;
  return { ...track.face, id, frameLabel: seen.label };
}

/** Whether a run that ended before `time` certainly has the duration of a brief expression. */
const isBrief = ({ first, last, before }: Run, time: number): boolean =>
  before !== undefined && last - first >= BRIEF.least && time - before.last <= BRIEF.most;

/** Distance between two faces, divided by their mean width. Infinite if their widths differ too much. */
function apart({ box: a }: Face, { box: b }: Face): number {
  const growth = Math.max(a.width, b.width) / Math.min(a.width, b.width);
  if (!(growth < REACH.growth)) return Number.POSITIVE_INFINITY;
  const x = a.x + a.width / 2 - b.x - b.width / 2;
  const y = a.y + a.height / 2 - b.y - b.height / 2;
  return Math.hypot(x, y) / ((a.width + b.width) / 2);
}

const likeliest = (scores: Readonly<Record<string, number>>): string =>
  Object.entries(scores).reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
