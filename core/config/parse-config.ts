import { checkConfig, type ParsedConfig, tooMuch } from './check-config.ts';
import type { ParseOptions } from './check-policy.ts';
import { type ConfigFile, maxFiles, readConfigYaml } from './read-yaml.ts';

/** Reads config files (YAML, several documents each), and checks all that they hold together (`checkConfig`). */
export function parseConfig(files: readonly ConfigFile[], options: ParseOptions = {}): ParsedConfig {
  const paths = files.map(({ path }) => path);
  if (files.length > maxFiles) return tooMuch(paths, `${files.length} files`, maxFiles);
  const read = files.map((file) => readConfigYaml(file));
  const found = read.flatMap(({ issues }) => issues);
  return checkConfig(
    read.flatMap(({ documents }) => documents),
    options,
    { found, paths },
  );
}
