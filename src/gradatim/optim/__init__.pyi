"""Updates as torch optimizers."""

from gradatim.optim.adadelta import AdaDelta as AdaDelta
from gradatim.optim.adagrad import AdaGrad as AdaGrad
from gradatim.optim.adam import Adam as Adam
from gradatim.optim.adam_uncorrected import AdamUncorrected as AdamUncorrected
from gradatim.optim.adamax import AdaMax as AdaMax
from gradatim.optim.adamw import AdamW as AdamW
from gradatim.optim.amsgrad import AMSGrad as AMSGrad
from gradatim.optim.ftrl import FTRL as FTRL
from gradatim.optim.lbfgs import LBFGS as LBFGS
from gradatim.optim.lion import Lion as Lion
from gradatim.optim.momentum import Momentum as Momentum
from gradatim.optim.muon import Muon as Muon
from gradatim.optim.nadam import NAdam as NAdam
from gradatim.optim.nesterov import Nesterov as Nesterov
from gradatim.optim.nesterov_torch import NesterovTorch as NesterovTorch
from gradatim.optim.radam import RAdam as RAdam
from gradatim.optim.rmsprop import RMSProp as RMSProp
from gradatim.optim.rmsprop_centered import RMSPropCentered as RMSPropCentered
from gradatim.optim.sgd import SGD as SGD
