import { executionsContract } from './executions-contract.ts';
import { httpExecutions, memoryExecutions } from './executions-under-test.ts';

executionsContract('the interpreter, in memory', memoryExecutions);
executionsContract('the client of Step Functions, over HTTP', httpExecutions);
