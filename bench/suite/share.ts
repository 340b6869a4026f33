/** A report as a link: compressed, in the fragment of the address, which browsers send to no server. */

import { type Report, readReport } from './report';

/** The beginning of the fragment. */
const PREFIX = '#report=';

/** The largest fragment that is read, in characters, and the largest report in it, in bytes. */
const MOST_CHARACTERS = 200_000;
const MOST_BYTES = 4_000_000;

/** Returns the fragment of a report, without the samples of its rows. */
export async function fragmentOf(report: Report): Promise<string> {
  const short = JSON.stringify(report, (key, value) =>
    key === 'samples'
      ? []
      : typeof value === 'number' && !Number.isInteger(value)
        ? Number(value.toPrecision(5))
        : value,
  );
  const bytes = await through(new TextEncoder().encode(short), new CompressionStream('deflate-raw'));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return PREFIX + btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Whether an address or a fragment contains a report. */
export const hasReport = (address: string): boolean => address.includes(PREFIX);

/**
 * Reads the report in an address or a fragment.
 * @throws Error if it is too large, damaged, or not a report
 */
export async function reportOf(address: string): Promise<Report> {
  const text = address.slice(address.indexOf(PREFIX) + PREFIX.length).trim();
  if (text.length > MOST_CHARACTERS)
    throw new Error(`the link has ${text.length} characters; at most ${MOST_CHARACTERS} are read`);
  let json: string;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    json = new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw')));
  } catch {
    throw new Error('the link is damaged: its report can’t be unpacked');
  }
  return readReport(json, 'the link');
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  written.catch(() => undefined); // reading reports the same error
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = (stream.readable as ReadableStream<Uint8Array>).getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MOST_BYTES) throw new Error('too large');
    parts.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
