import { readFileSync } from 'node:fs';
import { deliverLogs, sendTraces } from '../../iam/requirements/service-work.ts';
import { plainly } from '../authority.ts';
import type { LoggingConfiguration } from '../machines/execution-logs.ts';
import { type Installers, propertyOf } from './installer.ts';

interface AssetLocation {
  readonly Bucket: string;
  readonly Key: string;
}

/** A state machine asks X-Ray which of its executions to trace. */
const readSamplingRules = [...plainly('xray:GetSamplingRules', '*'), ...plainly('xray:GetSamplingTargets', '*')];

/** Installs state machines from the definition file of the assembly and the template's substitutions. A state machine of a kept state is updated. */
export const machineInstallers: Installers = {
  'AWS::StepFunctions::StateMachine': (machine, { assembly, machines, executionLogs, useRole }) => {
    const location = propertyOf<AssetLocation | undefined>(machine, 'DefinitionS3Location');
    const file = location && assembly.assets.get(location.Key);
    const text = propertyOf<string | undefined>(machine, 'DefinitionString') ?? (file && readFileSync(file, 'utf8'));
    if (text === undefined) throw new Error(`the assembly holds no definition ${location?.Key ?? ''}`);
    const substitutions = propertyOf<Record<string, string> | undefined>(machine, 'DefinitionSubstitutions') ?? {};
    const definition: unknown = JSON.parse(substitute(text, substitutions));
    const roleArn = propertyOf<string>(machine, 'RoleArn');
    const logged = propertyOf<LoggingConfiguration | undefined>(machine, 'LoggingConfiguration');
    const traced = propertyOf<{ Enabled?: boolean } | undefined>(machine, 'TracingConfiguration');
    useRole(roleArn, 'states.amazonaws.com', machine.arn, [
      ...(logged === undefined || logged.Level === 'OFF' ? [] : deliverLogs()),
      ...(traced?.Enabled ? [...sendTraces(), ...readSamplingRules] : []),
    ]);
    executionLogs.configure(machine.arn, logged ?? {});
    const type = propertyOf<'STANDARD' | 'EXPRESS' | undefined>(machine, 'StateMachineType');
    const known = machines.machines.records().find(({ arn }) => arn === machine.arn);
    if (known === undefined)
      machines.machines.create({
        arn: machine.arn,
        name: machine.name,
        definition,
        roleArn,
        ...(type === undefined ? {} : { type }),
      });
    else if (JSON.stringify(known.definitions.at(-1)) !== JSON.stringify(definition) || known.roleArn !== roleArn)
      machines.machines.update(machine.arn, { definition, roleArn });
  },
};

/** Substitutes like CloudFormation; a placeholder without a value would become an invalid ARN. */
function substitute(text: string, substitutions: Readonly<Record<string, string>>): string {
  const missing = new Set<string>();
  const filled = text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
    if (Object.hasOwn(substitutions, name)) return String(substitutions[name]);
    missing.add(name);
    return whole;
  });
  if (missing.size === 0) return filled;
  throw new Error(`its definition has placeholders that nothing substitutes: ${[...missing].join(', ')}`);
}
