/** A reader's version of a kernel in the fragment of an address, which browsers send to no server. */

/** The largest text that is read from a link, in characters. */
const MOST = 100_000;

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream) {
  const readable = new Blob([bytes])
    .stream()
    .pipeThrough(stream as ReadableWritablePair<Uint8Array, BufferSource>);
  return new Uint8Array(await new Response(readable).arrayBuffer());
}

/** Compresses a text to the characters that a fragment may contain. */
export async function packed(code: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(code), new CompressionStream('deflate-raw'));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Reads a text that `packed` made. @throws Error if it is damaged or too large */
export async function unpacked(text: string): Promise<string> {
  if (text.length > MOST) throw new Error('The link is too long to contain a kernel.');
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const code = new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw')));
    if (code.length <= MOST) return code;
  } catch {
    throw new Error('The link is damaged: the kernel in it can’t be read.');
  }
  throw new Error(`The kernel in the link has more than ${MOST} characters.`);
}
