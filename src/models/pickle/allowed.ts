import type { How } from './uses.js';

/** Names of modules that may be used in one way; both patterns match the whole of module and name. */
interface Allowed {
  readonly modules: RegExp;
  readonly names: RegExp;
}

const whole = (source: string): RegExp => new RegExp(`^(?:${source})$`);
const allow = (modules: string, names: string): Allowed => ({ modules: whole(modules), names: whole(names) });

/** How classes are written; a name with a dot in it leads to an attribute, perhaps of another module. */
const CLASS = '_{0,2}[A-Z]\\w*';
const ERRORS = '[A-Z]\\w*(?:Error|Exception|Warning|Exit|Iteration)|Ellipsis|NotImplemented';
const SCALARS =
  'bool_?|u?int(?:8|16|32|64|c|p)?|u?(?:long|longlong|short|byte)|float(?:16|32|64|96|128|_)?|double|single|half|longdouble|complex(?:64|128|256|_)?|c(?:single|double|longdouble)|str_?|bytes_?|unicode_|string_|object_?|void|datetime64|timedelta64|generic|number|integer|floating|inexact|signedinteger|unsignedinteger|complexfloating|flexible|character|record';

/** Modules of sklearn that are compiled, under their names of today and of before. */
const COMPILED_SKLEARN =
  'sklearn\\.(?:_loss\\._?\\w*loss\\w*|tree\\._?(?:tree|criterion|splitter|utils|partitioner)|(?:neighbors|metrics)\\._?(?:dist_metrics|kd_tree|ball_tree|quad_tree|binary_tree)|linear_model\\._?(?:sgd_fast|cd_fast|sag_fast)|utils\\._?(?:weight_vector|seq_dataset|random|fast_dict|typedefs)|ensemble\\._?(?:gradient_boosting|hist_gradient_boosting\\.\\w+)|cluster\\._?(?:hierarchical_fast|hdbscan\\.\\w+)|svm\\._?lib\\w+)';

/**
 * Functions and classes that may be called with any arguments: they build data and do nothing else. What calls or imports its
 * arguments is judged by those as well (`machine.ts`).
 */
const CALLED: readonly Allowed[] = [
  allow(
    'builtins|__builtin__',
    `set|frozenset|dict|list|tuple|int|float|bool|str|bytes|bytearray|complex|slice|range|object|long|unicode|xrange|${ERRORS}`,
  ),
  allow('exceptions', ERRORS),
  allow('collections', 'OrderedDict|defaultdict|Counter|deque|ChainMap|UserDict|UserList|UserString'),
  allow('copyreg|copy_reg', '_reconstructor|__newobj__|__newobj_ex__'),
  allow('_codecs', 'encode'),
  allow('datetime', 'datetime|date|time|timedelta|timezone|tzinfo'),
  allow('zoneinfo', 'ZoneInfo|ZoneInfo\\._unpickle'),
  allow('decimal|_decimal|_pydecimal', 'Decimal|Context'),
  allow('argparse', 'Namespace'),
  allow('operator|_operator', 'itemgetter'),
  allow('pytz', '_p|_UTC'),
  allow('dateutil\\.tz(?:\\.tz)?', 'tzutc|tzlocal|tzoffset'),
  allow('dateutil\\.relativedelta', 'relativedelta|weekday'),
  allow('fractions', 'Fraction'),
  allow('uuid', 'UUID|SafeUUID'),
  allow('array', 'array|_array_reconstructor'),
  allow('pathlib|pathlib\\._local', '(?:Pure)?(?:Posix|Windows)?Path|PurePath'),
  allow('re|re\\._compiler', '_compile|RegexFlag'),
  allow('types', 'SimpleNamespace'),
  allow('io|_io', 'BytesIO|StringIO'),
  allow('random|_random', 'Random'),
  allow('ipaddress', 'IPv[46](?:Address|Network|Interface)'),
  allow('logging', 'getLogger'),
  allow('itertools', 'count|repeat'),
  allow('numpy\\.(?:core|_core)\\.multiarray', '_reconstruct|scalar'),
  allow('numpy\\.(?:core|_core)\\.numeric', '_frombuffer'),
  allow('numpy\\.(?:core|_core)', '_ufunc_reconstruct'),
  allow('numpy', `ndarray|dtype|matrix|recarray|poly1d|${SCALARS}`),
  allow('numpy\\.dtypes', '\\w+DType'),
  allow('numpy\\.(?:rec|(?:core|_core)\\.records)', 'recarray|record'),
  allow('numpy\\.matrixlib\\.defmatrix', 'matrix'),
  allow('numpy\\.ma(?:\\.core)?', '_mareconstruct|MaskedArray|MaskedConstant'),
  allow('numpy\\.polynomial\\.\\w+', CLASS),
  allow('numpy\\.random\\._pickle', '__(?:randomstate|generator|bit_generator)_ctor'),
  allow(
    'numpy\\.random\\.(?:mtrand|_\\w+|bit_generator)',
    `RandomState|Generator|MT19937|PCG64(?:DXSM)?|Philox|SFC64|SeedSequence|__pyx_unpickle_\\w+`,
  ),
  // Of sklearn only what is compiled is called: a constructor that is written in Python may call what it is given.
  allow(COMPILED_SKLEARN, `${CLASS}|newObj`),
  allow('(?:sklearn|scipy)(?:\\.(?!externals|datasets|io|tests|_?testing|conftest)\\w+)*', '__pyx_unpickle_\\w+'),
  allow('pandas\\._libs(?:\\.\\w+)*', `${CLASS}|_\\w*unpickle\\w*|__pyx_unpickle_\\w+`),
  allow(
    'pandas\\.core\\.(?:indexes|arrays|dtypes|internals|frame|series|flags|generic)(?:\\.\\w+)*|pandas(?:\\.arrays)?',
    `(?!.*(?:Excel|HDF|Store|File))${CLASS}|_new_\\w+|new_block\\w*|_unpickle\\w*`,
  ),
  allow(
    'pyarrow\\.lib',
    '_restore_array|type_for_alias|py_buffer|chunked_array|_reconstruct_\\w+|[A-Z]\\w*(?:Type|Array|Scalar)|schema|field|timestamp|duration|time(?:32|64)|date(?:32|64)|decimal\\d+|(?:large_)?(?:list_|string|binary)|struct|map_|dictionary',
  ),
  allow('joblib\\.numpy_pickle', 'NumpyArrayWrapper'),
  allow('hdbscan\\.(?:dist_metrics|_\\w+)', 'newObj|__pyx_unpickle_\\w+'),
  // Compiled for four types of numbers.
  allow('statsmodels\\.tsa\\.(?:\\w+\\.)*_\\w+', '[sdcz][A-Z]\\w*'),
  // Classes that count, and constants of libraries.
  allow('nltk\\.probability', 'FreqDist|ConditionalFreqDist'),
  allow('lifelines\\.utils', 'CensoringType'),
  allow('sktime\\.datatypes\\._dtypekind', 'DtypeKind'),
  allow('torch', 'Size|device|Tensor|Generator|\\w+Storage|strided|BFloat16Tensor|\\w+Tensor'),
  allow('torch\\._C', 'Generator'),
  allow('torch\\.storage', '_load_from_bytes|(?:Typed|Untyped|_Typed|_Untyped)Storage|_TypedStorage'),
  allow(
    'torch\\._utils',
    '_rebuild_(?:tensor(?:_v[23])?|parameter(?:_with_state)?|sparse_tensor|sparse_csr_tensor|nested_tensor|device_tensor_from_numpy|device_tensor_from_cpu_tensor|meta_tensor_no_storage|qtensor|xla_tensor|mlc_tensor|wrapper_subclass)',
  ),
  allow('torch\\._tensor', '_rebuild_from_type(?:_v2)?|Tensor'),
  allow('torch(?:\\.nn(?:\\.parameter)?)?', '(?:Uninitialized)?(?:Parameter|Buffer)'),
  allow('torch\\.serialization', '_get_layout'),
  allow('torch\\.torch_version', 'TorchVersion'),
  allow('torch\\.(?:cuda|sparse)', '\\w+(?:Storage|Tensor)'),
  allow('torch\\.nn\\.backends\\.thnn', '_get_thnn_function_backend'),
  allow(
    'transformers\\.(?:trainer_utils|training_args|debug_utils|trainer_pt_utils)',
    '\\w*Strategy|SchedulerType|OptimizerNames|FSDPOption|DebugOption|ParallelMode|AcceleratorConfig',
  ),
  allow('accelerate\\.(?:state|utils\\.dataclasses)', '\\w*Type|\\w+Backend|\\w*Strategy'),
];

/** Classes that may get an instance without their constructor: models of frameworks, whose constructors may open files. */
const MADE: readonly Allowed[] = [
  allow('sklearn(?:\\.(?!externals|datasets|tests|_?testing|conftest)\\w+)*', CLASS),
  allow(
    'scipy\\.(?:sparse|spatial|stats|interpolate|special|optimize|linalg|ndimage|signal|_lib\\._bunch)(?:\\.(?!tests)\\w+)*',
    `${CLASS}|[a-z]{2,4}_(?:matrix|array)|rv_\\w+|\\w+_gen|\\w+_frozen|interp1d|cKDTree|gaussian_kde`,
  ),
  allow(
    '(?:xgboost|lightgbm|catboost|imblearn|statsmodels|hdbscan|umap|category_encoders|mlxtend|sklearn_pandas)(?:\\.(?!tests|testing)\\w+)*',
    `${CLASS}|_?\\w*CatBoost\\w*`,
  ),
  // Of these no class of a model does more with its state than to keep it.
  allow(
    '(?:hmmlearn|tslearn|feature_engine|lifelines|prophet|implicit\\.cpu|skimage\\.(?:transform|feature)|skbase|sktime\\.(?:forecasting\\.(?:base|naive|trend|compose|exp_smoothing|arima|theta|model_selection)|transformations\\.(?:base|compose|series)|base|split|performance_metrics)|gensim\\.(?:models|corpora|similarities)|nltk\\.(?:probability|classify|tag|tokenize|stem|lm|metrics))(?:\\.(?!tests|testing|test|datasets|corpus)\\w+)*',
    CLASS,
  ),
  allow('tokenizers(?:\\.models)?', 'Tokenizer|Model|BPE|WordPiece|WordLevel|Unigram'),
  allow('joblib\\.memory', 'Memory'),
  allow('torch\\.(?:nn|optim|ao|distributions)(?:\\.(?!utils|init|functional)\\w+)*', CLASS),
  allow('torchvision\\.(?:models|transforms|ops)(?:\\.\\w+)*', CLASS),
  allow('transformers(?:\\.models\\.\\w+)?\\.(?:configuration_\\w+|tokenization_\\w+|training_args)', CLASS),
  allow('accelerate\\.(?:state|utils\\.dataclasses)', CLASS),
  allow('pandas\\.(?:core|tseries)\\.(?:\\w+\\.)*\\w+', CLASS),
  allow('numpy\\.lib\\.\\w+', 'Arrayterator'),
  allow('numpy(?:\\.lib\\.\\w+)?', 'vectorize'),
];

/** Functions that are values of a model (a kernel, a score, an activation) and may be named, but not called. */
const IMPORTED: readonly Allowed[] = [
  // Methods of distributions are taken by it (`states.ts`); a call of it is not on the list.
  allow('builtins|__builtin__', 'getattr|len|max|min|sum|sorted|abs|round|hash|ord|chr|any|all|pow|divmod|repr|type'),
  allow('decimal|_decimal|_pydecimal', '[A-Z]\\w+'),
  allow('gensim\\.(?:utils|models\\.\\w+)', 'identity|call_on_class_only|df2idf'),
  allow('xgboost\\.collective', 'communicator_print'),
  allow('math|cmath|statistics', '\\w+'),
  allow(
    'numpy(?:\\.(?:core|_core|linalg|fft|ma|random|polynomial)(?:\\.\\w+)*|\\.lib\\.(?:function_base|nanfunctions|_function_base_impl|_nanfunctions_impl))?|numpy',
    '\\w+',
  ),
  allow('scipy(?:\\.(?!io|tests|_lib|datasets)\\w+)*', '\\w+'),
  allow('scipy\\._lib\\.array_api_compat\\.numpy(?:\\._aliases)?', '\\w+'),
  allow('scipy\\.interpolate\\._?interpolate', 'interp1d\\._call_\\w+'),
  allow('sklearn(?:\\.(?!externals|datasets|tests|_?testing|conftest)\\w+)*', '\\w+'),
  allow('torch(?:\\.(?:nn\\.functional|nn\\.init|_C|_C\\._nn|special|functional|_C\\._VariableFunctions))?', '\\w+'),
  allow('torch\\.jit\\._pickle', '\\w+'),
  allow('xgboost(?:\\.\\w+)*|lightgbm(?:\\.\\w+)*', CLASS),
];
/** Of those, what reads, writes, loads or calls something. */
const NEVER_NAMED =
  /load|save|eval|exec|file|open|import|pickle|source|vectorize|apply|piecewise|fromfunction|frompyfunc|fromregex|command|run|test|read|write|memmap|get_include|compile|script|hub|package|^os$|^sys$|^_?[A-Z]\w*(Process|Thread|Pool)/i;

/** Names of TorchScript, which only its own loader knows. */
const SCRIPT: readonly Allowed[] = [allow('__torch__(?:\\.\\w+)*', '\\w+'), allow('torch\\.jit\\._pickle', '\\w+')];

/** Whether the list holds an import, as it is used. `isScript` adds what TorchScript names. */
export function isOnTheList(module: string, name: string, how: How, isScript = false): boolean {
  const holds = (list: readonly Allowed[]) =>
    list.some(({ modules, names }) => modules.test(module) && names.test(name));
  if (how === 'changed') return false;
  if (holds(CALLED) || (isScript && holds(SCRIPT))) return true;
  if (how !== 'called' && holds(MADE)) return true;
  return how === 'imported' && !NEVER_NAMED.test(name) && holds(IMPORTED);
}
