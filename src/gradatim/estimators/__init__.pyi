"""Estimators: the faces that scikit-learn's pipelines and searches know."""

from gradatim.estimators.adaline import Adaline as Adaline
from gradatim.estimators.autoencoder import Autoencoder as Autoencoder
from gradatim.estimators.bernoulli_rbm import BernoulliRBM as BernoulliRBM
from gradatim.estimators.captioner import Captioner as Captioner
from gradatim.estimators.clustered_multi_task import ClusteredMultiTask as ClusteredMultiTask
from gradatim.estimators.dbn_classifier import DBNClassifier as DBNClassifier
from gradatim.estimators.domain_adversarial import DomainAdversarialClassifier as DomainAdversarialClassifier
from gradatim.estimators.forecaster import Forecaster as Forecaster
from gradatim.estimators.gaussian_rbm import GaussianRBM as GaussianRBM
from gradatim.estimators.joint_sparsity import JointSparsity as JointSparsity
from gradatim.estimators.layer_features import LayerFeatures as LayerFeatures
from gradatim.estimators.low_rank import LowRank as LowRank
from gradatim.estimators.mlp_classifier import MLPClassifier as MLPClassifier
from gradatim.estimators.mlp_regressor import MLPRegressor as MLPRegressor
from gradatim.estimators.multi_task_gaussian_process import MultiTaskGaussianProcess as MultiTaskGaussianProcess
from gradatim.estimators.perceptron import Perceptron as Perceptron
from gradatim.estimators.robust_multi_task import RobustMultiTask as RobustMultiTask
from gradatim.estimators.semi_supervised_tca import SemiSupervisedTCA as SemiSupervisedTCA
from gradatim.estimators.sequence_classifier import SequenceClassifier as SequenceClassifier
from gradatim.estimators.sequence_regressor import SequenceRegressor as SequenceRegressor
from gradatim.estimators.sequence_tagger import SequenceTagger as SequenceTagger
from gradatim.estimators.som import SOM as SOM
from gradatim.estimators.table_classifier import TableClassifier as TableClassifier
from gradatim.estimators.table_regressor import TableRegressor as TableRegressor
from gradatim.estimators.tca import TCA as TCA
from gradatim.estimators.translator import Translator as Translator
