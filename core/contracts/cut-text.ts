/**
 * The first so many characters of a text of somebody else. No half of an emoji stays at the cut: JSON has no canonical form of it, so nothing that
 * contains it can be recorded.
 */
export const cutText = (text: string, length: number): string => text.slice(0, length).replace(/\p{Cs}$/u, '');
