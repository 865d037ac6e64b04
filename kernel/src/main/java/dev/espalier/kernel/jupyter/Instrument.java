package dev.espalier.kernel.jupyter;

import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Makes a cell's compiled code stoppable, and usable from other pieces.
 *
 * <p>Stoppable: a call of {@link Guard#check} at the entry of each method (recursion) and before
 * each backward jump (loops), and no way to {@code System.exit}. The calls take nothing and leave
 * nothing on the stack, so frames and stack sizes stay valid.
 *
 * <p>Usable: each piece has a loader of its own, and to Java a package of two loaders is two
 * packages. The compiler has seen to it that a piece uses only what it may; so whatever is not
 * private is made public, and code that looks at modifiers by reflection sees it so.
 */
final class Instrument {
  private static final String GUARD = Guard.class.getName().replace('.', '/');

  private Instrument() {}

  static byte[] guarded(byte[] bytecode) {
    ClassReader reader = new ClassReader(bytecode);
    ClassWriter writer = new ClassWriter(0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version,
              int access,
              String name,
              String signature,
              String superName,
              String[] interfaces) {
            super.visit(version, opened(access), name, signature, superName, interfaces);
          }

          @Override
          public FieldVisitor visitField(
              int access, String name, String descriptor, String signature, Object value) {
            return super.visitField(opened(access), name, descriptor, signature, value);
          }

          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            // An initializer of a class is called by nobody.
            int open = name.equals("<clinit>") ? access : opened(access);
            return new Checks(super.visitMethod(open, name, descriptor, signature, exceptions));
          }
        },
        0);
    return writer.toByteArray();
  }

  private static int opened(int access) {
    return (access & Opcodes.ACC_PRIVATE) != 0
        ? access
        : access & ~Opcodes.ACC_PROTECTED | Opcodes.ACC_PUBLIC;
  }

  private static final class Checks extends MethodVisitor {
    private final Set<Label> behind = new HashSet<>();

    Checks(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      check();
    }

    @Override
    public void visitLabel(Label label) {
      behind.add(label);
      super.visitLabel(label);
    }

    @Override
    public void visitJumpInsn(int opcode, Label target) {
      if (behind.contains(target)) {
        check();
      }
      super.visitJumpInsn(opcode, target);
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
      checkIfBack(otherwise, labels);
      super.visitTableSwitchInsn(min, max, otherwise, labels);
    }

    @Override
    public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
      checkIfBack(otherwise, labels);
      super.visitLookupSwitchInsn(otherwise, keys, labels);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      if (descriptor.equals("(I)V")) {
        if (owner.equals("java/lang/System") && name.equals("exit")) {
          super.visitMethodInsn(Opcodes.INVOKESTATIC, GUARD, "exit", "(I)V", false);
          return;
        }
        if (owner.equals("java/lang/Runtime") && (name.equals("exit") || name.equals("halt"))) {
          super.visitMethodInsn(
              Opcodes.INVOKESTATIC, GUARD, name, "(Ljava/lang/Runtime;I)V", false);
          return;
        }
      }
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
    }

    private void checkIfBack(Label otherwise, Label[] labels) {
      if (behind.contains(otherwise) || anyBehind(labels)) {
        check();
      }
    }

    private boolean anyBehind(Label[] labels) {
      for (Label label : labels) {
        if (behind.contains(label)) {
          return true;
        }
      }
      return false;
    }

    private void check() {
      super.visitMethodInsn(Opcodes.INVOKESTATIC, GUARD, "check", "()V", false);
    }
  }
}
