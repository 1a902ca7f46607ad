/**
 * The same function, which makes each answer once; an undefined answer is made again. `known` keeps the answers: a WeakMap drops them with their key.
 * `nameOf` returns the key where the argument itself is none.
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

/** A store for `remembered` where arguments are endless: it forgets everything before it holds more than `most` answers. */
export function atMost<Name, Made>(most: number) {
  const known = new Map<Name, Made>();
  return {
    get: (name: Name) => known.get(name),
    set(name: Name, made: Made) {
      if (known.size >= most) known.clear();
      known.set(name, made);
    },
    delete: (name: Name) => known.delete(name),
  };
}

/**
 * `make`, which keeps its answer for a subject until it is asked with another `by`, since a tick asks the same about each cluster that waits, every
 * minute. Only frozen arguments have the same answer for ever, so others are asked anew. Both are compared by identity.
 */
export function rememberedBy<Subject extends object, By, Answer>(
  make: (subject: Subject, by: By) => Answer,
): (subject: Subject, by: By) => Answer {
  const known = new WeakMap<Subject, { readonly by: By; readonly answer: Answer }>();
  return (subject, by) => {
    const found = known.get(subject);
    if (found !== undefined && found.by === by) return found.answer;
    const answer = make(subject, by);
    if (Object.isFrozen(subject) && Object.isFrozen(by)) known.set(subject, { by, answer });
    return answer;
  };
}
