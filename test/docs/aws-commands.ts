import { readdirSync, readFileSync } from 'node:fs';

export interface AwsCommand {
  /** `install.md: aws eks …`, for messages. */
  readonly place: string;
  /** What comes after `aws`, with something in the place of what a person fills in. */
  readonly words: readonly string[];
}

/** Commands of the CLI's own, which are not in the service models; `wait` and `tail` cannot be checked without a request. */
const OWN = ['logs tail', 'eks update-kubeconfig', 'eks get-token', 'configure', 'sso login'];
const PAGES = new URL('../../docs/', import.meta.url);

/** Every command of the AWS CLI in shell blocks and between backticks of the pages under docs/. */
export function documentedCommands(): AwsCommand[] {
  const pages = readdirSync(PAGES).filter((name) => name.endsWith('.md'));
  return pages.flatMap((page) => {
    const text = readFileSync(new URL(page, PAGES), 'utf8');
    const blocks = [...text.matchAll(/^ *```(?:sh|bash)\n(.*?)^ *```/gms)].map(([, block = '']) => block);
    const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'));
    const inline = [...text.replaceAll(/^ *```.*?^ *```/gms, '').matchAll(/`(aws [^`]+)`/g)].map(([, one = '']) => one);
    return [...lines, ...inline].flatMap(commandsIn).map((command) => ({
      place: `${page}: ${command}`,
      words: wordsOf(command),
    }));
  });
}

function commandsIn(line: string): string[] {
  const plain = line
    .replaceAll(/\$\((?!aws )[^)]*\)/g, 'filled-in')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const found = [...plain.matchAll(/(?:^|[;|(] ?|do )(aws [a-z](?:"(?:\\.|[^"])*"|'[^']*'|[^;|>#)])*)/g)];
  return found.map(([, command = '']) => command.trim()).filter(isChecked);
}

/** A command by its name alone says nothing about arguments. */
const isChecked = (command: string): boolean =>
  / --/.test(command) && !/ wait /.test(command) && !OWN.some((own) => command.startsWith(`aws ${own}`));

/** Shell variables stand for what a person knows: an instant is taken for a text as well. */
function wordsOf(command: string): string[] {
  const found = [...command.matchAll(/"((?:\\.|[^"])*)"|'([^']*)'|(\S+)/g)].slice(1);
  return found.map(([, double, single, bare]) => filled(double?.replaceAll('\\"', '"') ?? single ?? bare ?? ''));
}

const filled = (word: string): string =>
  word
    .replace(/^file:\/\/.*/, '{}')
    .replaceAll(/\$\{?\w+\}?/g, '2026-11-20T08:00:00Z')
    .replaceAll('…', 'filled-in');
