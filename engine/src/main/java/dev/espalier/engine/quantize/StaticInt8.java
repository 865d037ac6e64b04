package dev.espalier.engine.quantize;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;

/**
 * Post-training static quantization to QDQ form: U8 activations, S8 weights, S32 biases, with
 * ranges from calibration on training images.
 */
@Word(
    name = "static",
    kind = Kind.QUANTIZATION,
    doc = "fixed ranges from calibration on training data",
    source = "Jacob et al. 2018, arXiv:1712.05877; ONNX Runtime QDQ format")
public record StaticInt8(
    @Setting(doc = "training samples to calibrate on", preset = "512", min = 1, max = 1000000)
        int images,
    @Setting(
            doc = "part of the activations kept in range",
            preset = "99.99%",
            min = 0.5,
            max = 1,
            fraction = true)
        double coverage) {}
