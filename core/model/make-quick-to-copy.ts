/**
 * Makes an object with very many members quick to copy by `{ ...object }`. V8 copies at once only an object without getters that is no dictionary,
 * which it becomes as it grows member by member. Getters are replaced by their values, and an object that becomes a prototype is no dictionary any
 * more.
 */
export function makeQuickToCopy(object: object): void {
  for (const [name, { get, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(object)))
    if (get !== undefined)
      Object.defineProperty(object, name, {
        value: get.call(object) as unknown,
        writable: true,
        configurable: true,
        enumerable: enumerable === true,
      });
  Object.create(object);
}
