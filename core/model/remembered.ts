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

/** What `remembered` keeps where there is no end of what is asked for: all is forgotten before there is more than `most`. */
export function atMost<Name, Made>(most: number) {
  const known = new Map<Name, Made>();
  return {
    get: (name: Name) => known.get(name),
    set(name: Name, made: Made) {
      if (known.size >= most) known.clear();
      known.set(name, made);
    },
  };
}

/**
 * `make`, whose answer for a subject is kept until it is asked with another `by`: a tick asks the same of each cluster that waits, every
 * minute. Only what is frozen on both sides has the same answer for ever; anything else is asked anew. Both are told apart by identity.
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
