/** Faces over time: who is who from frame to frame, scores without flicker, and what changed. No device. */

import type { Face } from './face';

/** A face that was followed. */
export interface TrackedFace extends Face {
  /** Stays with a face from frame to frame, and is given to no other. */
  readonly id: number;
  /** What this frame alone says; `label` and `scores` are smoothed over time. */
  readonly frameLabel: string;
}

/** What happened to a face. */
export type FaceEvent = ChangeEvent | BriefEvent;

/** The smoothed label is another one. */
export interface ChangeEvent {
  /** Which kind of event it is. */
  readonly type: 'change';
  /** The face's. */
  readonly id: number;
  /** Milliseconds of the source's clock. */
  readonly time: number;
  /** The label before. */
  readonly from: string;
  /** The label from now on. */
  readonly to: string;
}

/**
 * An expression came and went within 40 to 200 ms, a micro-expression, and the one before it is back. The event comes
 * only where frames are close enough together to be sure: at least 40 ms from the first frame that shows it to the last,
 * and at most 200 ms between the frames around it.
 */
export interface BriefEvent {
  /** Which kind of event it is. */
  readonly type: 'brief';
  /** The face's. */
  readonly id: number;
  /** Milliseconds of the source's clock. */
  readonly time: number;
  /** The expression that came and went. */
  readonly label: string;
  /** Milliseconds: the middle between the shortest and the longest time that it can have taken. */
  readonly duration: number;
}

export interface TracksOptions {
  /** Half-life of the scores, in milliseconds: after it an old score counts half as much; 0: no smoothing. */
  readonly smoothing: number;
}

export interface Tracks {
  /** Takes the faces of the next frame, at a time in milliseconds. */
  update(
    faces: readonly Face[],
    time: number,
  ): { readonly faces: readonly TrackedFace[]; readonly events: readonly FaceEvent[] };
}

/** A face that is out of sight for longer is a new one when it comes back, unless the frames stand farther apart. */
const FORGET_AFTER = 500;
/** Milliseconds of a brief expression. */
const BRIEF = { least: 40, most: 200 } as const;
/** Between two frames a face moves by less than this many of its sides, and grows by less than this factor. */
const REACH = { move: 0.7, growth: 2 } as const;

interface Track {
  readonly id: number;
  face: Face;
  time: number;
  label: string;
  /** Frames in a row that say the same. */
  run: Run;
}

interface Run {
  readonly label: string;
  readonly first: number;
  last: number;
  /** The label and the last frame of the run before. */
  readonly before?: { readonly label: string; readonly last: number };
}

export function createTracks({ smoothing }: TracksOptions): Tracks {
  if (!(smoothing >= 0)) throw new Error(`smoothing is ${smoothing}: a half-life of 0 ms or more is needed`);
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

/** For each face, by its place in `faces`, the track that is nearest; each track is taken once. */
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

/** Takes the face of the next frame into its track, with smoothed scores; adds what happened to `events`. */
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
    // A clock that goes back, such as a video's that starts anew, ends what was before.
    const before = time >= run.last ? { label: run.label, last: run.last } : undefined;
    track.run = { label: seen.label, first: time, last: time, before };
  }
  track.face = { ...seen, label, scores };
  track.label = label;
  track.time = time;
  return { ...track.face, id, frameLabel: seen.label };
}

/** Whether a run that has ended by `time` certainly took as long as a brief expression does. */
const isBrief = ({ first, last, before }: Run, time: number): boolean =>
  before !== undefined && last - first >= BRIEF.least && time - before.last <= BRIEF.most;

/** How far a face would have moved, in its sides; infinite if it would have grown too much. */
function apart({ box: a }: Face, { box: b }: Face): number {
  const growth = Math.max(a.width, b.width) / Math.min(a.width, b.width);
  if (!(growth < REACH.growth)) return Number.POSITIVE_INFINITY;
  const x = a.x + a.width / 2 - b.x - b.width / 2;
  const y = a.y + a.height / 2 - b.y - b.height / 2;
  return Math.hypot(x, y) / ((a.width + b.width) / 2);
}

const likeliest = (scores: Readonly<Record<string, number>>): string =>
  Object.entries(scores).reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
