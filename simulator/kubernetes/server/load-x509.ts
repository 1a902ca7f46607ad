/**
 * `@peculiar/x509` loads tsyringe, which refuses to load where `Reflect.getMetadata` is missing but needs nothing of it here:
 * no class of x509 has constructor parameters for tsyringe to resolve. Three stand-ins spare a polyfill.
 */
const standIns = {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  defineMetadata: () => {},
};

/** Not a static import: those may be evaluated before any line of this file, and jest does so. */
export function loadX509(): Promise<typeof import('@peculiar/x509')> {
  if (!('getMetadata' in Reflect)) Object.assign(Reflect, standIns);
  return import('@peculiar/x509');
}
