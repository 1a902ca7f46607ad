export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const TOKEN = /<([\w:-]+)((?: [\w:-]+="[^"<]*")*)(\/?)>|<\/([\w:-]+)>|([^<]+)/y;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d+));|&/g;
const CHARACTERS = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" } as const;

/** A strict reader of the XML that is written here: elements, attributes in double quotes, text. Throws at whatever is not well-formed. */
export function parseXml(xml: string): Element {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!xml.startsWith(declaration)) throw new Error('no declaration');
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) throw new Error('a character outside XML');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = declaration.length;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const [token, name, attributes = '', empty, closed, text] = TOKEN.exec(xml) ?? [];
    const parent = open.at(-1);
    if (token === undefined || parent === undefined) throw new Error(`not well-formed: ${xml.slice(at, at + 80)}`);
    if (name !== undefined) {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '' };
      parent.children.push(element);
      if (empty === '') open.push(element);
    } else if (closed !== undefined) {
      if (open.pop()?.name !== closed) throw new Error(`</${closed}> closes something else`);
    } else parent.text += resolved(text ?? '');
  }
  const [document] = root.children;
  if (open.length !== 1 || document === undefined || root.children.length !== 1) throw new Error('not one root');
  return document;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, resolved(value)]);
  return Object.fromEntries(pairs);
}

function resolved(text: string): string {
  return text.replaceAll(REFERENCE, (_, name?: keyof typeof CHARACTERS, code?: string) => {
    if (name !== undefined) return CHARACTERS[name];
    if (code === undefined) throw new Error('a bare &');
    return String.fromCodePoint(Number(code));
  });
}
