/** Sets of types that several operators have, by one letter each. */
export const SETS = `
  a=fdhbBsSiIlLot j=fdhgbBsSiIlLot m=fdhbBsSiIlL p=fdhgbBsSiIlLotwWxX q=fdhgbBsSiIlLotwWxXnN r=fdhil u=fdhgbBsSiIlL v=fdhgbBsSiIlLo
  y=fdhgbBsSiIlLotwWxXnNeEkK z=fdhbBsSiIlLo A=fdhgbBsSiIlLotwWxXnNEkK D=fdhgbBsSiIlLotwWxXnNeE F=fdhgbBsSiIlLotwWxXnNE
  G=fdhgbBsSiIlLotwWxXnNe H=fdhiIlL J=fdhbBil M=fdhg O=fdhbBiIlL P=bBsSiIlL Q=fdil R=fdhgbBsSiIlLotwWxXnNkK T=bBsSiwWxXnN U=fdhbBiIlLo
  V=bBsSwWxXnN Y=fdhgbBsSiIlLowWxX Z=fhbBi
`;

/**
 * What ONNX Runtime 1.30 computes on the CPU, from its `get_all_operator_schema()` and `get_all_opkernel_def()`: for each operator of ai.onnx and
 * (`ml:`) ai.onnx.ml and each version that changes it `version(inputs>outputs)types`. An input or output is the number of its type
 * variable, the letter of its type, or `*` for what is not a tensor of one type; `+` behind it: any number of them. The types that each variable may
 * have follow its number, float16 too where the runtime casts it to float32; `/` between sets of variables that go together. `-`: not for any type. `?`: not known. Operators that ONNX
 * defines as functions were asked for type by type.
 */
export const TABLE = `
  Abs|1(0>0)-|6(0>0)0m Acos|7(0>0)0fh Acosh|9(0>0)0fh Add|1(00>0)-|7(00>0)0H|14(00>0)0m Affine|1(0>0)0fh|10? AffineGrid|20(01>0)0M1l
  And|1(00>1)-|7(00>1)0o1o ArgMax|1(0>l)0J ArgMin|1(0>l)0J Asin|7(0>0)0fh Asinh|9(0>0)0fh Atan|7(0>0)0fh Atanh|9(0>0)0fh
  Attention|23(001201>0010)0M1M2v|24(001201l>0010)0M1M2v AveragePool|1(0>0)-|7(0>0)0fh
  BatchNormalization|1(00000>00000)-|7(00000>00000)0fdh|14(00011>011)0d1d/0fh1fh|15(01122>022)0d1d2d/0fh1fh2fh
  Bernoulli|15(0>1)0f1v|22(0>1)- BitCast|26(0>1)0u1u BitShift|11(00>0)0BIL BitwiseAnd|18(00>0)0P BitwiseNot|18(0>0)0P BitwiseOr|18(00>0)0P
  BitwiseXor|18(00>0)0P BlackmanWindow|17(0>1)0il1u
  Cast|1(0>1)-|6(0>1)0z1z|9(0>1)0a1a|13(0>1)0j1j|19(0>1)0p1p|21(0>1)0q1q|24(0>1)0F1F|25(0>1)0A1A
  CastLike|15(01>1)0j1j|19(01>1)0p1p|21(01>1)0q1q|23(01>1)0G1G|24(01>1)0D1D|25(01>1)0y1y CausalConvWithState|27(0000>00)0fhg
  Ceil|1(0>0)-|6(0>0)0fdh Celu|12(0>0)0f CenterCropPad|18(01>0)0fdhgbBsSiIlLotcC1il
  Clip|1(0>0)-|6(0>0)0fh|11(000>0)0fh|12(000>0)0O|13(000>0)0u Col2Im|18(0ll>0)0fh Compress|9(01>0)0a1o
  Concat|1(0+>0)-|4(0+>0)0a|13(0+>0)0j ConcatFromSequence|11? ConstantOfShape|9(0>1)0l1z|20(0>1)0l1Y Conv|1(000>0)0fh
  ConvInteger|10(0101>2)0bB1bB2i ConvTranspose|1(000>0)0fh Cos|7(0>0)0fdh Cosh|9(0>0)0fh Crop|1(0>0)0fh|10? CumProd|26(01>0)0H1il
  CumSum|11(01>0)0Q1il|14(01>0)0r1il DFT|17(01>0)0fdh1il|20(01l>0)0fdh1il DeformConv|19(00000>0)0fdh DepthToSpace|1(0>0)0fdh|11(0>0)0fdhbB
  DequantizeLinear|10(0f0>f)0bBi|19(010>1)0bBiwWxX1fh|21(010>1)0T1fh|23(010>2)0T1fh2fhg|25(010>2)0bBsSiwWxXnNkK1fh2fhg Det|11(0>0)0fh
  DisentangledAttention_TRT|1(000>0)- Div|1(00>0)-|7(00>0)0H|14(00>0)0m Dropout|1(0>00)-|7(0>00)0fdh|10(0>01)0fdh1o|12(012>02)0fdh1fdh2o
  DynamicQuantizeLinear|11(0>1f1)0f1B DynamicSlice|1(0111>0)0a1il|10? EfficientNMS_TRT|1(000>i00i)- Einsum|12(0+>0)0r
  Elu|1(0>0)-|6(0>0)0fh|18(0>0)0fdh|19(0>0)0fh Equal|1(00>1)-|7(00>1)0ilo1o|11(00>1)0z1o|19(00>1)0a1o Erf|9(0>0)0fh Exp|1(0>0)-|6(0>0)0fdh
  Expand|8(0l>0)0a EyeLike|9(0>1)0fdhilL1fdhilL Flatten|1(0>0)0fdh|9(0>0)0a|13(0>0)0j Floor|1(0>0)-|6(0>0)0fdh
  GRU|1(000010>00)-|7(000010>00)0fdh1i GRUUnit|1(0000>0)-|10? Gather|1(01>0)0a1il|13(01>0)0j1il GatherElements|11(01>0)0a1il|13(01>0)0j1il
  GatherND|11(0l>0)0a|13(0l>0)0j Gelu|20(0>0)0fh Gemm|1(000>0)-|7(000>0)0fdh GivenTensorFill|1(0>0)-|10? GlobalAveragePool|1(0>0)0fh
  GlobalLpPool|1(0>0)-|2(0>0)0fh|22(0>0)- GlobalMaxPool|1(0>0)0fh Greater|1(00>1)-|7(00>1)0fdh1o|9(00>1)0m1o GreaterOrEqual|12(00>1)0m1o
  GridSample|16(01>0)0fh1fh|20(01>0)0d1d/0fh1fh GroupNormalization|18(000>0)0M HammingWindow|17(0>1)0il1u HannWindow|17(0>1)0il1u
  HardSigmoid|1(0>0)-|6(0>0)0fh|18(0>0)0fdh|19(0>0)0fh HardSwish|14(0>0)0fh|18(0>0)0fdh|19(0>0)0fh Hardmax|1(0>0)0fh
  Identity|1(0>0)0a|13(0>0)0j|14(0>0) If|1(1>*)0a1o|13(1>*)1o ImageDecoder|20(0>1)- ImageScaler|1(0>0)0fh|10?
  InstanceNormalization|1(000>0)-|6(000>0)0fh IsInf|10(0>1)0fd1o|20(0>1)0fdhgwWxX1o IsNaN|9(0>1)0fdh1o|20(0>1)0fdhgwWxX1o LRN|1(0>0)0fh
  LSTM|1(00001000>000)-|7(00001000>000)0fdh1i LayerNormalization|1(022>211)0d1f2d/0fh1f2fh/0g1f2g/0h1f2h|17(000>011)0M1fg
  LeakyRelu|1(0>0)-|6(0>0)0fh|16(0>0)0fdh|19(0>0)0fh Less|1(00>1)-|7(00>1)0fdh1o|9(00>1)0m1o LessOrEqual|12(00>1)0m1o
  LinearAttention|27(000100>01)0fhg1fhg Log|1(0>0)-|6(0>0)0fdh LogSoftmax|1(0>0)0fdh Loop|1(12*>*)0a1l2o|13(12*>*)1l2o
  LpNormalization|1(0>0)0fdh LpPool|1(0>0)-|2(0>0)0fh MatMul|1(00>0)0fdh|9(00>0)0H MatMulInteger|10(0101>2)0bB1bB2i
  Max|1(0+>0)-|6(0+>0)0fh|8(0+>0)0fdh|12(0+>0)0O MaxPool|1(0>0)0fh|8(0>01)0fdh1l|12(0>01)0fdhbB1l MaxRoiPool|1(00>0)0fh|22(00>0)-
  MaxUnpool|9(011>0)0fh1l Mean|1(0+>0)-|6(0+>0)0fh
  MeanVarianceNormalization|1(0>0)0fh|9(0>0)0f|11(0>0)0fh|13(0>0)0f|14(0>0)0fh|18(0>0)0f|19(0>0)0fh MelWeightMatrix|17(00011>2)0il1fh2m
  MemcpyFromHost|1(0>0) MemcpyToHost|1(0>0) Min|1(0+>0)-|6(0+>0)0fh|8(0+>0)0fdh|12(0+>0)0O Mish|18(0>0)0fdh|19(0>0)0fh Mod|10(00>0)0m
  Mul|1(00>0)-|7(00>0)0H|14(00>0)0m MultilevelCropAndResize_TRT|1(00000>0)- Multinomial|7(0>1)0fh1il|22(0>1)- Neg|1(0>0)-|6(0>0)0fdhbsil
  NegativeLogLikelihoodLoss|12(010>0)0fdh1il|22(010>0)0M1il NonMaxSuppression|10(fflff>l) NonZero|9(0>l)0fhBilo Not|1(0>0)0o
  OneHot|9(012>2)0fhil1fh2fh/0fhl1l2lt/0i1i2fh/0l1fh2i/0l1il2fh Optional|15? OptionalGetElement|15?|18(0>1)
  OptionalHasElement|15?|18(0>1)1o Or|1(00>1)-|7(00>1)0o1o PRelu|1(00>0)-|7(00>0)0fh|16(00>0)0r|19(00>0)0fh
  Pad|1(0>0)-|2(0>0)0fdh|11(0l0>0)0O|13(0l0>0)0U|18(0l01>0)0U1il ParametricSoftplus|1(0>0)0fh|10? Pow|1(00>0)-|7(00>0)0fdh|12(01>0)0r1r
  PyramidROIAlign_TRT|1(00000>0)- QLinearConv|10(0f01f1f23>2)0B1bB2B3i/0b1b2b3i
  QLinearMatMul|10(0f01f1f2>2)0B1bB2B/0b1b2b|21(10120203>3)0fh1B2bB3B/0fh1b2b3b
  QuantizeLinear|10(0f1>1)0f1bB|19(001>1)0fh1bBwWxX|21(001>1)0fh1V|23(012>2)0fh1fh2V|25(012>2)0fh1fh2bBsSwWxXnNkK
  RMSNormalization|23(01>1)0M1M RNN|1(000010>00)-|7(000010>00)0fh1i RandomNormal|1(>0)0fdh|22(>0)- RandomNormalLike|1(0>1)0a1fdh|22(0>1)-
  RandomUniform|1(>0)0fdh|22(>0)- RandomUniformLike|1(0>1)0a1fdh|22(0>1)- Range|11(000>0)0fdsil|27(000>0)0fdhgsil
  Reciprocal|1(0>0)-|6(0>0)0fdh ReduceL1|1(0>0)0r|18(0l>0)0r ReduceL2|1(0>0)0r|18(0l>0)0r ReduceLogSum|1(0>0)0r|18(0l>0)0r
  ReduceLogSumExp|1(0>0)0r|18(0l>0)0fdhgiIlL|19(0l>0)0r ReduceMax|1(0>0)0r|12(0>0)0J|18(0l>0)0J|20(0l>0)0fdhbBilo
  ReduceMean|1(0>0)0r|18(0l>0)0r ReduceMin|1(0>0)0r|12(0>0)0J|18(0l>0)0J|20(0l>0)0fdhbBilo ReduceProd|1(0>0)0r|18(0l>0)0r
  ReduceSum|1(0>0)0r|13(0l>0)0r ReduceSumSquare|1(0>0)0r|18(0l>0)0r RegexFullMatch|20(0>1)0t1o
  Relu|1(0>0)-|6(0>0)0fdh|14(0>0)0fdhbi|18(0>0)0fdhbil|19(0>0)0fdhbi Reshape|1(0>0)0fdh|5(0l>0)0a|13(0l>0)0j|21(0l>0)0p
  Resize|10(0f>0)0Z|11(01fl>0)0Z1fdh ReverseSequence|10(0l>0)0a RoiAlign|10(001>0)0fdh1l|22(001>0)- RotaryEmbedding|23(0001>0)0fh1l
  Round|11(0>0)0fdh STFT|17(0101>0)0fdh1il Scale|1(0>0)0fh|10? ScaledTanh|1(0>0)0fh|10? Scan|8(0*>*)0l1a|9(*>*)0a|16(*>*)0j|19(*>*)0p
  Scatter|9(010>0)0a1il|11? ScatterElements|11(010>0)0a1il|13(010>0)0j1il ScatterND|11(0l0>0)0a|13(0l0>0)0j
  Selu|1(0>0)-|6(0>0)0fh|18(0>0)0fdh|19(0>0)0fh SequenceAt|11? SequenceConstruct|11? SequenceEmpty|11? SequenceErase|11?
  SequenceInsert|11? SequenceLength|11? SequenceMap|17(0*>*) Shape|1(0>1)0a1l|13(0>1)0j1l|21(0>1)0p1l Shrink|9(0>0)0m
  Sigmoid|1(0>0)-|6(0>0)0fdh Sign|9(0>0)0m|13(0>0)0u SimplifiedLayerNormalization|1(02>21)0d1f2d/0fh1f2fh/0g1f2g/0h1f2h Sin|7(0>0)0fdh
  Sinh|9(0>0)0fh Size|1(0>1)0a1l Slice|1(0>0)0a|10(01111>0)0a1il|13(01111>0)0j1il Softmax|1(0>0)0fdh
  SoftmaxCrossEntropyLoss|12(010>00)0fdh1il|13(010>00)0M1il Softplus|1(0>0)0fh|18(0>0)0fdh|19(0>0)0fh
  Softsign|1(0>0)0fh|18(0>0)0fdh|19(0>0)0fh SpaceToDepth|1(0>0)0fdhbB Split|1(00>0+)-|2(0>0+)0a|13(0l>0+)0j SplitToSequence|11?
  Sqrt|1(0>0)-|6(0>0)0fdh Squeeze|1(0>0)0a|13(0l>0)0j StringConcat|20(00>0)0t StringNormalizer|10(t>t) StringSplit|20(0>12)0t1t2l
  Sub|1(00>0)-|7(00>0)0H|14(00>0)0m Sum|1(0+>0)-|6(0+>0)0fdh Swish|24(0>0)0fdh|25(0>0)- Tan|7(0>0)0fh Tanh|1(0>0)-|6(0>0)0fdh
  TensorScatter|24(00l>0)0v TfIdfVectorizer|9(0>1)0ilt1f ThresholdedRelu|1(0>0)0fh|18(0>0)0fdh|19(0>0)0fh Tile|1(000>0)-|6(01>0)0a1l
  TopK|1(0>01)0fdh1l|10(0l>01)0fdh1l|11(0l>01)0fdhbBsil1l Transpose|1(0>0)0a|13(0>0)0j|21(0>0)0q|25(0>0)0R Trilu|14(0l>0)0fdhilo
  Unique|11(0>0lll)0fdhblt Unsqueeze|1(0>0)0a|13(0l>0)0j Upsample|1(0>0)-|7(0>0)0Z|9(0f>0)0Z|10? Where|9(011>1)0o1fdhBilt
  Xor|1(00>1)-|7(00>1)0o1o ml:ArrayFeatureExtractor|1(0l>0)0fdilt ml:Binarizer|1(0>0)0f ml:CastMap|1? ml:CategoryMapper|1(0>1)0lt1lt
  ml:DictVectorizer|1? ml:FeatureVectorizer|1(0+>f)0Q ml:Imputer|1(0>0)0fl
  ml:LabelEncoder|1(0>1)0lt1lt|2(0>1)0flt1flt|4(0>1)0dl1dlt/0f1flt/0lt1f/0t1dslt ml:LinearClassifier|1(0>1f)0Q1lt
  ml:LinearRegressor|1(0>f)0f ml:Normalizer|1(0>f)0Q ml:OneHotEncoder|1(0>f)0fdlt ml:SVMClassifier|1(0>1f)0Q1lt ml:SVMRegressor|1(0>f)0f
  ml:Scaler|1(0>f)0Q ml:TreeEnsemble|5(0>0)0fdh ml:TreeEnsembleClassifier|1(0>1f)0Q1lt|5? ml:TreeEnsembleRegressor|1(0>f)0fd|5?
  ml:ZipMap|1?
`;
