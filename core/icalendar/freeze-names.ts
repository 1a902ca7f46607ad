const LONGEST = 63;

/** Gives names that objects may have, each once. */
export function freezeNames(): (words: string) => string {
  const given = new Set<string>();
  return (words) => {
    const wanted = nameOf(words, 'freeze');
    for (let number = 1; ; number += 1) {
      const ending = number === 1 ? '' : `-${number}`;
      const name = `${wanted.slice(0, LONGEST - ending.length).replace(/-+$/, '')}${ending}`;
      if (given.has(name)) continue;
      given.add(name);
      return name;
    }
  };
}

/** `Año nuevo: 24 h!` becomes `ano-nuevo-24-h`; `otherwise` where no letter or digit of ASCII is left. */
export function nameOf(words: string, otherwise: string): string {
  const name = words
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? otherwise : name;
}
