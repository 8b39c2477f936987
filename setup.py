"""Package metadata of hmtl: ranges of what `hmtl` itself imports; requirements.txt holds the tested exact versions."""

from setuptools import find_packages, setup

INSTALL_REQUIRES = [
    # The patched AllenNLP of third_party/allennlp; upstream's own release accepts no supported Python or torch.
    "allennlp==2.10.1+hmtl.1",
    # The lower bound is the patched AllenNLP's; 3 is unseen.
    "torch>=2.6,<3",
    "numpy>=2,<3",
    # spaCy changes its API between minor releases; its rule tokeniser defines our character offsets.
    "spacy>=3.8,<3.9",
    # Imported to read and render configs; AllenNLP brings it too.
    "jsonnet>=0.20,<1",
    # AllenNLP's writer of TensorBoard's event files, without TensorFlow or TensorBoard itself.
    "tensorboardX>=2.6.2",
]

EXTRAS_REQUIRE = {
    # Gradient aggregators (hmtl/gradients) of torchjd.
    "gradients": ["torchjd>=0.7,<1"],
    # To look at what training has written.
    "tensorboard": ["tensorboard>=2.16"],
    # Transformer encoders in place of word vectors; the bounds are the patched AllenNLP's.
    "transformers": ["transformers>=4.46,<5"],
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
