/** Reads protobuf messages with pbf. Every length is compared with the length of the file. */

import type { PbfReader } from 'pbf';

/** The functions that read the fields of a message, by the field's number. */
export type Fields = Record<number, (pbf: PbfReader) => void>;

/** Reads a message up to position `end`. Fields that are not in `fields` are skipped. @throws if the file is cut off */
export function message(pbf: PbfReader, end: number, fields: Fields): void {
  while (pbf.pos < end) {
    const field = pbf.nextField(end);
    if (field === 0) break;
    const at = pbf.pos;
    if (fields[field]) fields[field](pbf);
    if (pbf.pos === at) pbf.skip(pbf.type);
    if (pbf.pos > end)
      throw new Error(`cut off, or not an ONNX file: needs ${pbf.pos} bytes, but has ${pbf.length}`);
  }
}

/** Reads the length at the start of the next field, and returns the field's end. @throws if the file is cut off */
function endOf(pbf: PbfReader): number {
  const length = pbf.readVarint();
  const end = pbf.pos + length;
  if (end > pbf.length)
    throw new Error(`cut off, or not an ONNX file: needs ${end} bytes, but has ${pbf.length}`);
  return end;
}

/** Reads the next field as a message. @throws if the file is cut off */
export function nested(pbf: PbfReader, fields: Fields): void {
  message(pbf, endOf(pbf), fields);
}

/** Returns the bytes of the next field, as a copy, so that numbers in it are aligned. @throws if the file is cut off */
export function bytesOf(pbf: PbfReader): Uint8Array {
  const end = endOf(pbf);
  const bytes = pbf.buf.slice(pbf.pos, end);
  pbf.pos = end;
  return bytes;
}

/** Returns the next field as a text. @throws if the file is cut off */
export const text = (pbf: PbfReader): string => new TextDecoder().decode(bytesOf(pbf));
