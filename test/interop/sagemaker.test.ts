import { testColumns } from './columns.js';

/** A container starts for each row: here for one of each kind, in `npm run test:interop` for all. */
const ROWS = ['template custom-service', 'template python-service', 'Python, --archive-format tgz'];

testColumns(['sagemaker', 'load-all'], (name) => ROWS.includes(name));
