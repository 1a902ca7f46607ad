import { type Finding, lineAt, type TextFile } from './finding.ts';

// Patterns are assembled so that this file does not contain what it looks for.
const markers = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'];
const registryHosts = ['registry.npm' + 'js.org', 'registry.yarn' + 'pkg.com', 'npm.pkg.git' + 'hub.com'];
const machineFolders = ['work', 'root', 'home'];

interface TextRule {
  readonly pattern: RegExp;
  readonly message: (match: string) => string;
}

const rules: readonly TextRule[] = [
  {
    pattern: new RegExp(`\\b(?:${markers.join('|')})\\b`, 'g'),
    message: (match) => `${match} is a left-over. Do it now, or open an issue and say nothing here.`,
  },
  {
    pattern: new RegExp(registryHosts.map((host) => host.replaceAll('.', '\\.')).join('|'), 'g'),
    message: (match) => `${match} ties the repository to one registry. Leave the host to the user's npm settings.`,
  },
  {
    // Only at the start of a path: `https://example.com/home/` and `./home/` are no machine's folders.
    pattern: new RegExp(`(?<![\\w.$}~*\\])-])/(?:${machineFolders.join('|')})/`, 'g'),
    message: (match) => `${match}… is a path of one machine. Use a path relative to the repository.`,
  },
];

/** Reports left-over markers, registry hosts and absolute machine paths in any text file. */
export function checkText({ path, text }: TextFile): Finding[] {
  return rules.flatMap(({ pattern, message }) =>
    [...text.matchAll(pattern)].map((match) => ({
      file: path,
      line: lineAt(text, match.index),
      message: message(match[0]),
    })),
  );
}
