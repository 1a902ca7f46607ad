/** Replaces a property of the process by what `shown` returns for the reader. The host's own value, and later changes to it, stay. */
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
