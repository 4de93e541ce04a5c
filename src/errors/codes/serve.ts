import type { CodeTable } from '../error-kind.js';

/** The local server: its start, its models, its HTTP interface. */
export const SERVE_CODES = {
  ERR_ADDRESS: {
    kind: 'usage',
    meaning: 'An address to listen on is malformed, or two of them are the same.',
    remedy: 'Correct inference_address or management_address, in the configuration or by their flags.',
  },
  ERR_ADDRESS_NOT_ASKED: {
    kind: 'usage',
    meaning:
      'A file or a variable would have `mar serve` listen where other machines reach it, and its command line does not.',
    remedy: 'Say it on the command line: --host 0.0.0.0, or --management-address for that API.',
  },
  ERR_LISTEN: {
    kind: 'unavailable',
    meaning:
      'The server could not listen on an address: the port is taken or not permitted, or the address is not one of this machine.',
    remedy: 'Choose another address or port.',
  },
  ERR_TLS: {
    kind: 'input',
    meaning: 'The key or certificate for https cannot be read, or the two do not belong together.',
    remedy: 'Check private_key_file and certificate_file: PEM files, unencrypted, of one key.',
  },
  ERR_KEY_FILE: {
    kind: 'unavailable',
    meaning: 'The file that tells clients the key of the management API cannot be written.',
    remedy: 'Set key_file to another path: this one cannot be written, or belongs to a running server.',
  },
  ERR_TEMPORARY_DIRECTORY: {
    kind: 'unavailable',
    meaning: 'The server cannot make the directory into which it unpacks models.',
    remedy: 'Name a directory that can be written in the environment variable TMPDIR.',
  },
  ERR_MODEL_STORE: {
    kind: 'not-found',
    meaning: 'The model store does not exist, or is not a directory.',
    remedy: 'Name a directory of archives with --model-store.',
  },
  ERR_MODEL_NOT_FOUND: {
    kind: 'not-found',
    meaning: 'No model of this name is registered, or no archive of this name is in the model store.',
    remedy: 'Check the name; GET /models of the management API lists the registered ones.',
  },
  ERR_MODEL_REGISTERED: {
    kind: 'conflict',
    meaning: 'A model of this name is registered already.',
    remedy: 'Unregister it first, or register this one under another name.',
  },
  ERR_MODEL_INVALID: {
    kind: 'input',
    meaning:
      'What was to be registered is not a model that can be served: it is not an archive, or its manifest is missing or faulty.',
    remedy: '`mar validate` says what is wrong with the archive; `mar inspect` shows what it holds.',
  },
  ERR_MODEL_FILES_GONE: {
    kind: 'unavailable',
    meaning: 'The directory of a registered model was removed, so that no worker of it can be started any more.',
    remedy: 'Put the directory back, or unregister the model and register it again.',
  },
  ERR_MODEL_UNPACK: {
    kind: 'input',
    meaning: 'The archive cannot be unpacked.',
    remedy: '`mar validate` says what is wrong with the archive.',
  },
  ERR_MODEL_SAVE: {
    kind: 'unavailable',
    meaning: 'The machine does not let the server unpack the archive: the disk is full, or a permission is missing.',
    remedy: 'Free some space, or name another directory in the environment variable TMPDIR.',
  },
  ERR_MODEL_DOWNLOAD: {
    kind: 'input',
    meaning: 'The archive could not be downloaded: the other server could not be reached or refused it.',
    remedy: 'Check that the URL can be fetched from the machine of the server.',
  },
  ERR_MODEL_DOWNLOAD_SIZE: {
    kind: 'limit',
    meaning: 'The archive at the URL is larger than max_download_size.',
    remedy: 'Raise max_download_size.',
  },
  ERR_URL_NOT_ALLOWED: {
    kind: 'input',
    meaning: 'The URL of an archive does not match allowed_urls, or is neither http nor https.',
    remedy: 'Add it to allowed_urls in the configuration of the server.',
  },
  ERR_CLOSING: {
    kind: 'unavailable',
    meaning: 'The server is shutting down: it finishes what it has accepted, and takes nothing more.',
    remedy: 'Try again once it has restarted.',
  },
  ERR_NO_WORKER: {
    kind: 'unavailable',
    meaning: 'The model has no worker, or its queue is full.',
    remedy: 'Scale it up (PUT /models/NAME?min_worker=1), raise job_queue_size, or ask less often.',
  },
  ERR_HTTP_MESSAGE: {
    kind: 'input',
    meaning: 'The request is not valid HTTP: a broken escape, a broken multipart body, a line that is too long.',
    remedy: 'Correct the request; curl writes valid ones.',
  },
  ERR_REQUEST_LATE: {
    kind: 'limit',
    meaning: 'The request did not arrive in time.',
    remedy: 'Send it without pauses.',
  },
  ERR_EXPECTATION: {
    kind: 'input',
    meaning: 'The request expects something other than 100-continue.',
    remedy: 'Leave the header Expect out.',
  },
  ERR_CONTENT_ENCODING: {
    kind: 'input',
    meaning: 'The body of the request is compressed in a way that the server does not know.',
    remedy: 'Send it as gzip, deflate or br, or as it is.',
  },
  ERR_BODY_ENCODING: {
    kind: 'input',
    meaning: 'The body of the request is not what its header Content-Encoding says.',
    remedy: 'Compress it as the header says, or leave the header out.',
  },
  ERR_BODIES: {
    kind: 'unavailable',
    meaning: 'So many bodies of requests arrive at once that the memory for them is used up; the stalest is given up.',
    remedy: 'Send the request again, without pauses; or raise max_unfinished_size in the configuration of the server.',
  },
  ERR_TOKEN: {
    kind: 'input',
    meaning: 'The server demands a token, and the request carries none or a wrong one.',
    remedy: 'Send the header "Authorization: Bearer KEY" with the key of management in key_file.json.',
  },
  ERR_PARAMETER: {
    kind: 'input',
    meaning: 'A parameter of the request is missing or has an invalid value.',
    remedy: 'Correct the parameter that the message names.',
  },
  ERR_ROUTE: {
    kind: 'input',
    meaning: 'There is nothing at this path; predictions and management have a port each.',
    remedy: 'Check path and port; OPTIONS / lists what a port answers.',
  },
  ERR_NO_EXPLANATION: {
    kind: 'not-found',
    meaning: 'The handler of this model explains nothing, and a prediction is not an explanation.',
    remedy:
      'Ask /predictions, or give a Python handler that is derived from BaseHandler get_insights or explain_handle.',
  },
  ERR_METHOD: {
    kind: 'input',
    meaning: 'The path exists, but not for this HTTP method.',
    remedy: 'Use another method; OPTIONS / lists what a port answers.',
  },
  ERR_FOREIGN_HOST: {
    kind: 'input',
    meaning: 'A management request names a host that is not this machine, as a web page does that uses DNS rebinding.',
    remedy: 'Use its address or localhost, or add the name to allowed_hosts in the configuration of the server.',
  },
  ERR_FOREIGN_ORIGIN: {
    kind: 'input',
    meaning: 'A management request was sent by a web page of another site.',
    remedy: 'Set cors_allowed_origin to the origin of the page if it may manage this server.',
  },
  ERR_MODEL_DESCRIPTION: {
    kind: 'input',
    meaning: 'The OpenAPI document of the archive, MAR-INF/openapi.json, is not one.',
    remedy: 'Correct it and pack the archive again, or leave it out.',
  },
} as const satisfies CodeTable;
