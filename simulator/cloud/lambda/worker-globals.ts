/**
 * Shows something else in the place of a property of the process, as long as `shown` says so; what the host has there, or puts there later, is
 * its own.
 */
export function insteadOf<Value>(holder: object, name: string, shown: (own: Value) => unknown): void {
  let own = Reflect.get(holder, name) as Value;
  Object.defineProperty(holder, name, {
    configurable: true,
    get: () => shown(own),
    set: (value: Value) => {
      own = value;
    },
  });
}
