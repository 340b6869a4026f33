/** Where the peers' packages are served. */
export const PACKAGES = '/bench/peers/node_modules';

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
