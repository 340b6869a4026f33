/** The list of faces. Each face has a card with its crop, its label, and a bar for each class. */

import type { Face, TrackedFace } from '../src/index';
import { make } from './make';
import { createHistory, createStrip, hueOf, type Strip } from './strip';

/** The list of faces on the page. */
export interface Panel {
  /**
   * Shows faces. Cards are reused from call to call, so that focus and hover are not lost. If `time` (in milliseconds)
   * is defined, the faces are tracked faces, and each card has a strip chart of its previous scores.
   */
  show(
    faces: readonly (Face | TrackedFace)[],
    time: number | undefined,
    drawCrop: (canvas: HTMLCanvasElement, face: Face) => void,
  ): void;
  /** Deletes the history of the scores, because other faces follow. */
  forget(): void;
  /** Shows other content instead of the faces. */
  say(content: Node): void;
  /** Marks the pointed card, or else the picked card. With `reveal`, scrolls it into view. */
  mark(pointed: number | undefined, picked: number | undefined, reveal: boolean): void;
}

/** Callbacks of the list of faces. */
export interface PanelEvents {
  /** The pointer or the focus moved to a card, or (undefined) away from all cards. */
  readonly onPoint: (index: number | undefined) => void;
  /** A card was clicked or activated by a key. */
  readonly onPick: (index: number) => void;
}

interface Bar {
  readonly row: HTMLElement;
  readonly fill: HTMLElement;
  readonly value: HTMLElement;
}

interface Card {
  readonly root: HTMLLIElement;
  readonly crop: HTMLCanvasElement;
  readonly pick: HTMLButtonElement;
  readonly label: HTMLElement;
  readonly detail: HTMLElement;
  readonly list: HTMLElement;
  readonly bars: Map<string, Bar>;
  strip?: Strip;
}

/** Creates a short message to show instead of the faces. */
export function message(title: string, text: string): HTMLElement {
  return make('div', 'empty', make('strong', '', title), make('span', '', text));
}

/** Creates the list of faces in `root`. */
export function createPanel(root: HTMLElement, events: PanelEvents): Panel {
  const list = make('ol', 'cards');
  const cards: Card[] = [];
  const history = createHistory();
  let shownClasses = '';

  const createCard = (index: number): Card => {
    const crop = make('canvas', 'crop');
    crop.setAttribute('aria-hidden', 'true');
    const label = make('span', 'card-label');
    const pick = make('button', 'card-pick', make('span', 'unseen', `Face ${index + 1}: `), label);
    pick.type = 'button';
    const detail = make('p', 'card-detail');
    const bars = make('ul', 'bars');
    const card = make('li', 'card', crop, make('div', 'card-head', make('h2', '', pick), detail), bars);
    card.dataset.testid = 'face';
    card.addEventListener(
      'pointerenter',
      ({ pointerType }) => pointerType !== 'touch' && events.onPoint(index),
    );
    card.addEventListener('pointerleave', () => events.onPoint(undefined));
    pick.addEventListener('focus', () => {
      if (!pick.matches(':focus-visible')) return;
      card.scrollIntoView({ block: 'nearest' });
      events.onPoint(index);
    });
    pick.addEventListener('blur', () => events.onPoint(undefined));
    pick.addEventListener('click', () => events.onPick(index));
    return { root: card, crop, pick, label, detail, list: bars, bars: new Map() };
  };

  const barFor = (card: Card, name: string): Bar => {
    let bar = card.bars.get(name);
    if (!bar) {
      const fill = make('i', 'bar-fill');
      const value = make('span', 'bar-value');
      const track = make('span', 'bar-track', fill);
      track.setAttribute('aria-hidden', 'true');
      const row = make('li', 'bar', make('span', 'bar-name', name), track, value);
      row.style.setProperty('--hue', hueOf(card.bars.size));
      bar = { row, fill, value };
      card.bars.set(name, bar);
      card.list.append(row);
    }
    return bar;
  };

  const drop = (some: readonly Card[]) => {
    for (const card of some) {
      card.root.remove();
      card.strip?.destroy();
    }
  };
  /** Shows the previous scores of a tracked face in its card. */
  const showPast = (card: Card, face: Face | TrackedFace, time: number | undefined) => {
    card.root.classList.toggle('live', time !== undefined);
    if (time === undefined || !('id' in face)) {
      card.strip?.destroy();
      card.strip?.root.remove();
      card.strip = undefined;
      return;
    }
    if (!card.strip) {
      card.strip = createStrip(card.bars.size);
      card.root.append(card.strip.root);
    }
    history.add(face.id, time, face.scores);
    card.strip.show(history.of(face.id, time));
  };

  const say = (content: Node) => {
    drop(cards.splice(0));
    list.replaceChildren();
    root.replaceChildren(content);
  };

  return {
    forget: history.clear,
    show(faces, time, drawCrop) {
      if (!faces.length) {
        const hint = 'Large faces that look at the camera are found best.';
        say(message('No face found', hint));
        return;
      }
      // Another model has other classes, so its faces get other bars and start without a history.
      const classes = JSON.stringify(Object.keys(faces[0].scores));
      if (classes !== shownClasses) {
        drop(cards.splice(0));
        history.clear();
        shownClasses = classes;
      }
      while (cards.length < faces.length) cards.push(createCard(cards.length));
      drop(cards.splice(faces.length));
      if (list.parentElement !== root) root.replaceChildren(list);
      faces.forEach((face, index) => {
        const card = cards[index];
        if (!card.root.parentElement) list.append(card.root);
        card.root.dataset.label = face.label;
        card.label.textContent = face.label;
        const number = 'id' in face ? `${face.id} · ` : faces.length > 1 ? `${index + 1} · ` : '';
        card.detail.textContent = `${number}${Math.round(face.score * 100)}% sure that it is a face`;
        for (const [name, share] of Object.entries(face.scores)) {
          const bar = barFor(card, name);
          bar.row.classList.toggle('best', name === face.label);
          bar.fill.style.setProperty('--share', share.toFixed(4));
          bar.value.textContent = `${Math.round(share * 100)}%`;
        }
        showPast(card, face, time);
        drawCrop(card.crop, face);
      });
    },
    say,
    mark(pointed, picked, reveal) {
      const marked = pointed ?? picked;
      cards.forEach(({ root: card, pick }, index) => {
        card.classList.toggle('marked', index === marked);
        pick.setAttribute('aria-pressed', String(index === picked));
      });
      if (reveal && marked !== undefined) cards[marked]?.root.scrollIntoView({ block: 'nearest' });
    },
  };
}
