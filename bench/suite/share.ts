/** A report as a link: compressed, in the fragment of the address, which browsers send to no server. */

import { packed, unpacked } from './packed';
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
  return PREFIX + (await packed(short));
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
    json = await unpacked(text, MOST_BYTES);
  } catch {
    throw new Error('the link is damaged: its report can’t be unpacked');
  }
  return readReport(json, 'the link');
}
