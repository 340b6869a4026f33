/** The address of the packages: beside the built page, else where `npm ci --prefix bench/peers` installs them. */
export const PACKAGES = import.meta.env.PROD
  ? new URL('engines', document.baseURI).href
  : new URL(/* @vite-ignore */ './node_modules', import.meta.url).href;

/** Runs a package's classic script, once. @throws if it can't be loaded */
export function loadScript(file: string): Promise<void> {
  const src = `${PACKAGES}/${file}`;
  if (document.querySelector(`script[src="${src}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = src;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${file} could not be loaded`));
    document.head.append(script);
  });
}
