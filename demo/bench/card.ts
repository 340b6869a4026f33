/** A report as a picture for posts: 1200 x 630 pixels, the size that social networks show. */

import { headline } from '../../bench/suite/markdown';
import { type Report, text } from '../../bench/suite/report';
import { scoreOf } from '../../bench/suite/score';

const [WIDTH, HEIGHT] = [1200, 630];

/** The rows on the card. */
const SHOWN = [
  'ceilings/f32',
  'ceilings/vec4f',
  'ceilings/vec4h',
  'ceilings/read',
  'workloads/faces/4',
  'workloads/latency',
  'workloads/VGG/8',
  'workloads/svm/1000',
] as const;

/** Draws the card. @throws Error if the browser has no canvas for it */
export async function cardOf(report: Report): Promise<Blob> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser can’t draw the card');
  context.fillStyle = '#0f1413';
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = '#0b6a5a';
  context.fillRect(0, 0, 16, HEIGHT);
  const write = (
    content: string,
    x: number,
    y: number,
    font: string,
    colour: string,
    most = WIDTH - x - 48,
  ) => {
    context.font = font;
    context.fillStyle = colour;
    context.fillText(content, x, y, most);
  };
  write('Mien · GPU benchmark in the browser', 64, 84, '500 30px Georgia, serif', '#9cada7');
  write(report.adapter.name, 64, 150, '500 56px Georgia, serif', '#e8efec');
  write(headline(report), 64, 192, '22px system-ui, sans-serif', '#9cada7');
  const { value } = scoreOf(report);
  write(value === undefined ? 'no score' : text(value), 64, 320, '500 110px Georgia, serif', '#63dfc3');
  write('score, 100 is SwiftShader on two cores', 64, 360, '22px system-ui, sans-serif', '#9cada7');
  const rows = SHOWN.flatMap((id) => report.rows.filter((row) => row.id === id)).slice(0, 8);
  rows.forEach((row, at) => {
    const [x, y] = [64 + (at % 2) * 560, 430 + Math.floor(at / 2) * 48];
    write(row.title.split(', ').slice(0, 2).join(', '), x, y, '22px system-ui, sans-serif', '#9cada7', 340);
    write(`${text(row.value)} ${row.unit}`, x + 356, y, '600 24px system-ui, sans-serif', '#e8efec', 190);
  });
  return canvas.convertToBlob({ type: 'image/png' });
}
