/** The name of an adapter. Some browsers reveal little: Firefox leaves the names empty, and Deno returns numbers. */

/** The fields of `GPUAdapterInfo`; any of them may be missing. */
type Info = Partial<Record<'vendor' | 'architecture' | 'device' | 'description', unknown>> & {
  readonly isFallbackAdapter?: boolean;
};

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** A field as text. Numbers are PCI identifiers, which are usually written in hexadecimal. */
const word = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'bigint') return value ? `0x${value.toString(16)}` : '';
  return typeof value === 'string' ? value.trim() : '';
};

/** All that is known of an adapter's driver, and of the browser, which has compilers of its own; may be empty. */
export function driverOf(info: Info | undefined): string {
  const fields = [info?.vendor, info?.architecture, info?.device, info?.description].map(word);
  return [...fields, globalThis.navigator?.userAgent ?? ''].filter((field) => field).join(', ');
}

/** Whether the adapter computes on the CPU. */
export const isSoftwareAdapter = (info: Info | undefined): boolean =>
  info?.isFallbackAdapter === true ||
  SOFTWARE.test([info?.vendor, info?.architecture, info?.device, info?.description].map(word).join(' '));

/** The adapter's name, such as `nvidia ampere` or `google SwiftShader`, from the fields that are known. Never empty. */
export function nameOfAdapter(info: Info | undefined): string {
  const [vendor, architecture, device, description] = [
    info?.vendor,
    info?.architecture,
    info?.device,
    info?.description,
  ].map(word);
  const model = description || architecture || device;
  // A vendor's number is left out if the model's name is known.
  const names = vendor.startsWith('0x') && model && !model.startsWith('0x') ? [model] : [vendor, model];
  const name = names.filter((part) => part).join(' ');
  if (name) return name;
  return isSoftwareAdapter(info) ? 'software adapter without a name' : 'GPU without a name';
}
