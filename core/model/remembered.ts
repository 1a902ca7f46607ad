/**
 * The same function, which makes what it is asked for once; what is undefined is made again. `known` keeps it: a WeakMap lets go of it with its
 * key. `nameOf`: what tells two that are asked for apart, where not they themselves do.
 */
export function remembered<Asked, Made, Name = Asked>(
  make: (asked: Asked) => Made,
  known: { get(name: Name): Made | undefined; set(name: Name, made: Made): unknown } = new Map<Name, Made>(),
  nameOf: (asked: Asked) => Name = (asked) => asked as unknown as Name,
): (asked: Asked) => Made {
  return (asked) => {
    const name = nameOf(asked);
    const before = known.get(name);
    if (before !== undefined) return before;
    const made = make(asked);
    if (made !== undefined) known.set(name, made);
    return made;
  };
}
