/** Walking protobuf messages with pbf; every length is held against the file's. */

import type { PbfReader } from 'pbf';

/** What to do with a field, by its number. */
export type Fields = Record<number, (pbf: PbfReader) => void>;

/** Walks one message; `fields` says what to do with each field's number, the others are passed over. */
export function message(pbf: PbfReader, end: number, fields: Fields): void {
  while (pbf.pos < end) {
    const field = pbf.nextField(end);
    if (field === 0) break;
    const at = pbf.pos;
    if (fields[field]) fields[field](pbf);
    if (pbf.pos === at) pbf.skip(pbf.type);
    if (pbf.pos > end) throw new Error(`cut off or no ONNX file: needs ${pbf.pos} bytes, has ${pbf.length}`);
  }
}

/** Where the next field, which begins with its length, ends. */
function endOf(pbf: PbfReader): number {
  const length = pbf.readVarint();
  const end = pbf.pos + length;
  if (end > pbf.length) throw new Error(`cut off or no ONNX file: needs ${end} bytes, has ${pbf.length}`);
  return end;
}

/** The message that is the next field. */
export function nested(pbf: PbfReader, fields: Fields): void {
  message(pbf, endOf(pbf), fields);
}

/** The bytes that are the next field, copied, so that numbers in them are aligned. */
export function bytesOf(pbf: PbfReader): Uint8Array {
  const end = endOf(pbf);
  const bytes = pbf.buf.slice(pbf.pos, end);
  pbf.pos = end;
  return bytes;
}

/** The next field as a text. */
export const text = (pbf: PbfReader): string => new TextDecoder().decode(bytesOf(pbf));
