/** What is known of an adapter, in words. Some browsers say little: Firefox leaves the names empty, Deno gives numbers. */

/** What `GPUAdapterInfo` contains, or less. */
type Info = Partial<Record<'vendor' | 'architecture' | 'device' | 'description', unknown>> & {
  readonly isFallbackAdapter?: boolean;
};

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** A name; numbers are identifiers of the PCI register, which are written in hexadecimal. */
const word = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'bigint') return value ? `0x${value.toString(16)}` : '';
  return typeof value === 'string' ? value.trim() : '';
};

/** Whether the adapter computes on the CPU. */
export const isSoftwareAdapter = (info: Info | undefined): boolean =>
  info?.isFallbackAdapter === true ||
  SOFTWARE.test([info?.vendor, info?.architecture, info?.device, info?.description].map(word).join(' '));

/** Such as `nvidia ampere` or `google SwiftShader`; whatever is known, and never empty. */
export function nameOfAdapter(info: Info | undefined): string {
  const [vendor, architecture, device, description] = [
    info?.vendor,
    info?.architecture,
    info?.device,
    info?.description,
  ].map(word);
  const model = description || architecture || device;
  // A number says less than the words beside it.
  const names = vendor.startsWith('0x') && model && !model.startsWith('0x') ? [model] : [vendor, model];
  const name = names.filter((part) => part).join(' ');
  if (name) return name;
  return isSoftwareAdapter(info) ? 'software adapter without a name' : 'GPU without a name';
}
