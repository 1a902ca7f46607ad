import { createHookJobs } from '../../adapters/kubernetes/create-hook-jobs.ts';
import { hookRoleName } from '../../core/contracts/names.ts';
import type { HookJobs } from '../../core/ports/hook-jobs.ts';
import type { PortFactory } from './create-handler.ts';
import { tierPort } from './tier-port.ts';

export const jobs: PortFactory<HookJobs> = tierPort(hookRoleName, createHookJobs);
