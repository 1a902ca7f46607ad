import { Argument, type Command } from 'commander';
import { secondsUpTo } from './command/number-option.ts';
import { type Act, outputOption } from './command/verb.ts';

/** `access`, `audit`, `recover`, `completion`, `version`. */
export function registerOtherVerbs(program: Command, act: Act): void {
  const access = program.command('access').description('what Liftlock can read of the clusters, and what to grant');
  access
    .command('check [cluster]')
    .description(
      'what Liftlock can and cannot read, and why (exit 4 when something needed cannot, or nobody has looked)',
    )
    .option('--now', 'have the hub look: it scans the clusters that were not read in full, or the one that is named')
    .option('--wait-timeout <seconds>', 'how long to wait for these scans', secondsUpTo(86_400), 3_600)
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/access-check.ts')).accessCheck));
  access
    .command('manifest [cluster]')
    .description('access entries (or aws-auth lines) and RBAC that let Liftlock read')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/access-manifest.ts')).accessManifest));
  registerAudit(program, act);
  program
    .command('recover')
    .description('bring a table that was restored to an earlier point up to date from the audit (docs/runbook.md)')
    .requiredOption('--items <table>', 'name of the restored table')
    .requiredOption('--audit <table>', 'name of the audit table')
    .requiredOption('--restored-to <instant>', 'the point that it was restored to, RFC 3339')
    .requiredOption('--mutators-off-since <instant>', 'since when no function can change anything, RFC 3339')
    .requiredOption('--by <principal>', 'who does this, for the audit')
    .option('--anchors <place>', 's3://<bucket> or a folder that the audit is held against (default: LIFTLOCK_ANCHORS)')
    .option('--accept-broken-audit', 'fold also records that somebody has changed, which is otherwise refused')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/recover.ts')).recover));
  program
    .command('completion')
    .description('print a completion script: source <(liftlock completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(act(async () => (await import('./verbs/completion.ts')).completion(program)));
  program
    .command('version')
    .description('print the version of this command line')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/version.ts')).version));
}

/** `audit show`, `audit verify` and `audit export`. */
function registerAudit(program: Command, act: Act): void {
  const audit = program
    .command('audit')
    .description('the record of who did what: fleet, rollout/<id> or cluster/<name>');
  audit
    .command('show <subject>')
    .description('print the record of one subject')
    .addOption(outputOption())
    .action(act(async () => (await import('./audit/show.ts')).auditShow));
  audit
    .command('verify [subject]')
    .description(
      'hold a record, or all of them, against the anchors, on this machine (exit 1 when one was changed, 3 when not all of it is proved)',
    )
    .option('--anchors <place>', 's3://<bucket>, or a folder that holds audit/*.jsonl (default: LIFTLOCK_ANCHORS)')
    .option('--from <folder>', 'a folder that audit export wrote; nothing is asked of AWS')
    .addOption(outputOption())
    .action(act(async () => (await import('./audit/verify.ts')).auditVerify));
  audit
    .command('export [subject]')
    .description('write a record, or all of them, with the anchors into a folder, to be verified anywhere')
    .requiredOption('--to <folder>', 'where to')
    .option('--anchors <place>', 's3://<bucket>, or a folder that holds audit/*.jsonl (default: LIFTLOCK_ANCHORS)')
    .addOption(outputOption())
    .action(act(async () => (await import('./audit/export.ts')).auditExport));
}
