"""Package metadata of hmtl: ranges of what `hmtl` itself imports; requirements.txt holds what was tested."""

from setuptools import find_packages, setup

INSTALL_REQUIRES = [
    # The patched one of third_party/allennlp; upstream's own release accepts no supported Python or torch.
    "allennlp==2.10.1+hmtl.5",
    # The lower bound is the patched AllenNLP's; 3 is unseen.
    "torch>=2.6,<3",
    "numpy>=2,<3",
    # The assignment problem of CEAFe.
    "scipy>=1.10,<2",
    # spaCy changes its API between minor releases; its rule tokeniser defines our character offsets.
    "spacy>=3.8,<3.9",
    # To render configs; the bound is AllenNLP's.
    "jsonnet>=0.10.0",
    # The templates of `allennlp report`; spaCy brings it too.
    "jinja2>=3.1,<4",
    # Progress bars; AllenNLP's own, whose bound this is.
    "tqdm>=4.62",
    # AllenNLP's writer of TensorBoard's event files, without TensorFlow or TensorBoard itself.
    "tensorboardX>=1.2",
]

EXTRAS_REQUIRE = {
    # To look at what training has written.
    "tensorboard": ["tensorboard>=2.16"],
    # Weights & Biases; the bound is the oldest version tested.
    "wandb": ["wandb>=0.31"],
    # scripts/search.py; a major release may change its samplers, and so what a seed draws.
    "search": ["optuna>=5,<6"],
    # `allennlp schedule --plot`; 3.7 is the first that lays out legends beside the axes by itself.
    "plots": ["matplotlib>=3.7,<4"],
}

setup(
    name="hmtl",
    version="0.1.0",
    description="Hierarchical multi-task learning: several NLP tasks, one network, one config",
    license="Apache-2.0",
    license_files=["LICENSE"],
    packages=find_packages(include=["hmtl*"]),
    # Templates, default configs and other data that lie beside the modules.
    include_package_data=True,
    python_requires=">=3.11.4",
    install_requires=INSTALL_REQUIRES,
    extras_require=EXTRAS_REQUIRE,
    classifiers=[
        "Intended Audience :: Science/Research",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3.11",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Text Processing :: Linguistic",
    ],
)
