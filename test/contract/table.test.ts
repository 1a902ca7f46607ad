import { tableContract } from './table-contract.ts';
import { dynamoUnderTest, localDynamo, memoryUnderTest } from './tables-under-test.ts';

const server = localDynamo();

tableContract('memory', memoryUnderTest);
tableContract('DynamoDB', dynamoUnderTest(server));
