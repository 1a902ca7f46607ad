import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { KINDS } from './kind.ts';

/** Words that may follow a path of commands, e.g. `rollout` → `create pause resume abort`. */
type Words = ReadonlyMap<string, readonly string[]>;

/** The script is made from the registered commands, so it is always complete. */
export function completion({ io }: Session, shell: string, _: object, command: Command): ExitCode {
  const words = wordsOf(command.parent ?? command);
  io.out(shell === 'bash' ? bash(words) : shell === 'zsh' ? zsh(words) : fish(words));
  return EXIT.ok;
}

const NOUNS: Readonly<Record<string, readonly string[]>> = {
  get: KINDS,
  delete: ['policy', 'calendar', 'channel', 'waiver'],
  describe: ['cluster', 'rollout', 'policy'],
  explain: ['cluster'],
  retry: ['cluster'],
  release: ['cluster'],
  skip: ['cluster'],
  upgrade: ['cluster'],
  rollback: ['cluster'],
  readiness: ['cluster'],
  drain: ['nodegroup'],
  'break-glass': ['cluster', 'wave'],
};

function wordsOf(program: Command): Words {
  const words = new Map<string, readonly string[]>();
  const visit = (command: Command, path: readonly string[]): void => {
    const names = command.commands.flatMap((child) => [child.name(), ...child.aliases()]);
    const options = command.options.flatMap(({ long }) => long ?? []);
    const nouns = command.registeredArguments[0]?.argChoices ?? NOUNS[path.join(' ')] ?? [];
    words.set(path.join(' '), [...names, ...nouns, ...options, '--help']);
    for (const child of command.commands)
      for (const name of [child.name(), ...child.aliases()]) visit(child, [...path, name]);
  };
  visit(program, []);
  return words;
}

const cases = (words: Words): string =>
  [...words].map(([path, list]) => `    '${path}') words='${list.join(' ')}' ;;`).join('\n');

/** The path has the words before the cursor that are commands; other words between them are ignored. */
const PATH = `  local path='' word
  for word in "\${before[@]}"; do
    if [ -n "$(_liftlock_words "\${path:+$path }$word")" ]; then path="\${path:+$path }$word"; fi
  done`;

const lookup = (words: Words): string => `_liftlock_words() {
  local words=''
  case "$1" in
${cases(words)}
  esac
  printf '%s' "$words"
}
`;

function bash(words: Words): string {
  return `# liftlock: source <(liftlock completion bash)
${lookup(words)}
_liftlock() {
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
${PATH}
  COMPREPLY=($(compgen -W "$(_liftlock_words "$path")" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _liftlock liftlock
`;
}

function zsh(words: Words): string {
  return `#compdef liftlock
# liftlock: source <(liftlock completion zsh)
${lookup(words)}
_liftlock() {
  local -a before
  local word
  before=("\${(@)words[2,CURRENT-1]}")
${PATH}
  compadd -- \${=$(_liftlock_words "$path")}
}
(( $+functions[compdef] )) && compdef _liftlock liftlock
`;
}

function fish(words: Words): string {
  const lines = [...words].map(([path, list]) => {
    const seen = path.split(' ').filter(Boolean);
    const condition =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    return `complete -c liftlock -f -n '${condition}' -a '${list.join(' ')}'`;
  });
  return `# liftlock: liftlock completion fish | source\n${lines.join('\n')}\n`;
}
