import { testColumns } from './columns.js';

testColumns(['ours', 'mms', 'torchserve']);
