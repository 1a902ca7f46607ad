import { parseXML } from '@aws-sdk/xml-builder';
import { namedError } from '../../core/contracts/errors.ts';

export interface XmlNode {
  readonly [element: string]: unknown;
}

/** The root element is named after the operation. */
export const parseAnswer = (text: string, operation: string): XmlNode =>
  childOf(parseXML(text), `${operation}Response`);

/** A child element; the parser gives an empty text for an element without content. */
export const childOf = (node: XmlNode, name: string): XmlNode =>
  typeof node[name] === 'object' && node[name] !== null ? (node[name] as XmlNode) : {};

/** The items of a list; the parser gives a list of one as that one item. */
export function childrenOf(node: XmlNode, list: string, item: string): XmlNode[] {
  const found = childOf(node, list)[item] ?? [];
  return (Array.isArray(found) ? found : [found]) as XmlNode[];
}

/** The texts of a list; the parser gives a list of one as that one text. */
export function textsOf(node: XmlNode, list: string): string[] {
  const found = childOf(node, list).member ?? [];
  return (Array.isArray(found) ? found : [found]).map(String);
}

export const textOf = (node: XmlNode, name: string): string | undefined =>
  typeof node[name] === 'string' ? node[name] : undefined;

/** The text of an element that the port promises. An answer without it is an error, so that nothing is decided on a guess. */
export function known(node: XmlNode, name: string): string {
  const text = textOf(node, name);
  if (text !== undefined && text !== '') return text;
  throw namedError('IncompleteAnswer', `AWS answered without ${name}.`);
}

export function numberOf(node: XmlNode, name: string): number {
  const number = Number(known(node, name));
  if (Number.isFinite(number)) return number;
  throw namedError('IncompleteAnswer', `AWS answered with no number as ${name}.`);
}
