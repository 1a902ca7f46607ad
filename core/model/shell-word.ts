/** The text as one word of a command that people paste into a shell: the name of a folder may have blanks. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
