import { protocolContract } from './protocol-contract.ts';
import { dynamoUnderTest, localDynamo, memoryUnderTest } from './tables-under-test.ts';

const server = localDynamo();

protocolContract('memory', memoryUnderTest);
protocolContract('DynamoDB', dynamoUnderTest(server));
